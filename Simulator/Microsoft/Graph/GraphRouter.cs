using System.Text.Json;

namespace Switchboard.Simulator.Microsoft;

/// <summary><c>/graph/v1.0/…</c>: whose mailbox it is about, then a call by itself or a batch of them.</summary>
internal sealed class GraphEndpoint(GraphTokens tokens, GraphMailboxes mailboxes, GraphRouter router, GraphBatch batch)
{
    private const string Scheme = "Bearer ";
    private const string Version = "/v1.0";

    public async Task InvokeAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || tokens.AddressOf(header[Scheme.Length..]) is not { } address)
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
            http.Method.ToUpperInvariant(), path, query, http.Headers["Prefer"].ToString(), body, mailbox,
            $"{http.Scheme}://{http.Host}/graph{Version}");
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

/// <summary>Finds what answers a call, and keeps the limits of the mailbox.</summary>
internal sealed class GraphRouter(SubscriptionCalls subscriptions, GraphLimits limits, TimeProvider timeProvider)
{
    /// <summary>Answers a call; the answer keeps its place in the mailbox until it is written.</summary>
    public async ValueTask<GraphAnswer> AnswerAsync(GraphRequest request, CancellationToken cancellationToken)
    {
        if (request.Path is ["users", var user, .. var rest])
        {
            if (!request.Mailbox.IsOf(user))
            {
                return GraphErrors.Denied;
            }

            request = request with { Path = ["me", .. rest] };
        }

        return request.Path is ["subscriptions", ..] ? await subscriptions.AnswerAsync(request, cancellationToken)
            : request.IsOutlook ? await WithinLimitsAsync(request, cancellationToken)
            : request is { Method: "GET", Path: ["me"] } ? FolderCalls.Me(request)
            : GraphErrors.UnknownPath(request.Path.Length == 0 ? "" : request.Path[^1]);
    }

    private async ValueTask<GraphAnswer> WithinLimitsAsync(GraphRequest request, CancellationToken cancellationToken)
    {
        if (request.Mailbox.Gate.TryEnter(out var refusal) is not { } entry)
        {
            return GraphErrors.Throttled(refusal!);
        }

        try
        {
            if (limits.Latency > TimeSpan.Zero)
            {
                await Task.Delay(limits.Latency, timeProvider, cancellationToken);
            }

            return Mail(request) with { Entry = entry };
        }
        catch
        {
            entry.Dispose();
            throw;
        }
    }

    private static GraphAnswer Mail(GraphRequest request)
    {
        if (request.Method != "GET")
        {
            return GraphErrors.Invalid("The simulator's mails can only be read: POST /_sim/graph/messages adds some.");
        }

        return request.Path switch
        {
            ["me", "messages"] => MessageCalls.List(request, null),
            ["me", "messages", var id] => MessageCalls.Get(request, null, id),
            ["me", "messages", var id, "$value"] => MessageCalls.Mime(request, id),
            ["me", "mailFolders"] => FolderCalls.List(request),
            ["me", "mailFolders", var name, .. var rest] => request.Mailbox.Ids.ReadFolder(name) is { } folder
                ? InFolder(request, folder, rest)
                : GraphErrors.NotFound,
            _ => GraphErrors.UnknownPath(request.Path[^1]),
        };
    }

    private static GraphAnswer InFolder(GraphRequest request, MailFolder folder, string[] rest) => rest switch
    {
        [] => FolderCalls.Get(request, folder),
        ["messages"] => MessageCalls.List(request, folder),
        ["messages", "delta"] => DeltaCalls.Get(request, folder),
        ["messages", var id] => MessageCalls.Get(request, folder, id),
        _ => GraphErrors.UnknownPath(request.Path[^1]),
    };
}
