using System.Text.Json;
using Switchboard.Simulator.Entra;
using Switchboard.Simulator.GraphMail;

namespace Switchboard.Simulator.Graph;

/// <summary><c>/graph/v1.0/…</c>: whose mailbox it is about, then a call by itself or a batch of them.</summary>
internal sealed class GraphEndpoint(GraphTokens tokens, GraphMailboxes mailboxes, GraphRouter router, GraphBatch batch)
{
    private const string Scheme = "Bearer ";
    private const string Version = "/v1.0";

    public async Task InvokeAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || tokens.Owner(header[Scheme.Length..]) is not { } address)
        {
            await (header.Length == 0 ? GraphErrors.NoToken : GraphErrors.WrongToken).WriteAsync(context);
            return;
        }

        if (mailboxes.Find(address) is not { } mailbox)
        {
            await GraphErrors.MailboxGone.WriteAsync(context);
            return;
        }

        var (body, isJson) = await ReadAsync(context);
        if (!isJson)
        {
            await GraphErrors.NotJson.WriteAsync(context);
            return;
        }

        var request = Read(context, mailbox, body);
        if (request.Path is ["$batch"])
        {
            await batch.InvokeAsync(context, request);
        }
        else
        {
            await (await router.AnswerAsync(request, context.RequestAborted)).WriteAsync(context);
        }
    }

    private static GraphRequest Read(HttpContext context, GraphMailbox mailbox, JsonElement? body)
    {
        var http = context.Request;
        http.Path.StartsWithSegments($"/graph{Version}", out var rest);
        var (path, query) = GraphRequest.ReadAddress(rest.Value ?? "", http.QueryString.Value ?? "");
        return new GraphRequest(
            http.Method.ToUpperInvariant(), path, query, http.Headers["Prefer"].ToString(), body, mailbox, $"{http.Scheme}://{http.Host}/graph{Version}");
    }

    private static async ValueTask<(JsonElement? Body, bool IsJson)> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength is 0 || HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsDelete(context.Request.Method))
        {
            return (null, true);
        }

        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            return body.Length == 0 ? (null, true) : (JsonElement.Parse(body.GetBuffer().AsSpan(0, (int)body.Length)), true);
        }
        catch (JsonException)
        {
            return (null, false);
        }
    }
}
