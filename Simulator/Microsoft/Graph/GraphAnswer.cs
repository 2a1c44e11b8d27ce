using System.Globalization;
using System.Text.Json;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Microsoft;

/// <summary>The answer to a call of the Graph API, by itself or in a batch.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">Writes the body; null for none.</param>
/// <param name="RetryAfterSeconds">The header.</param>
/// <param name="PreferenceApplied">The header.</param>
internal sealed record GraphAnswer(
    int Status, Action<Utf8JsonWriter>? Body = null, int? RetryAfterSeconds = null, string? PreferenceApplied = null) : IResult
{
    public const string JsonType = "application/json; odata.metadata=minimal; odata.streaming=true; IEEE754Compatible=false; charset=utf-8";

    public bool IsSuccess => Status < 400;

    /// <summary>The body where it is a mail as it came over the wire, which a batch has in base64.</summary>
    public byte[]? Mime { get; init; }

    /// <summary>The place in the mailbox that the call has until its answer is written.</summary>
    public GateEntry? Entry { get; init; }

    public static GraphAnswer Json(Action<Utf8JsonWriter> body, int status = 200) => new(status, body);

    public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext);

    public async Task WriteAsync(HttpContext context)
    {
        using var place = Entry;
        context.Response.StatusCode = Status;
        foreach (var (name, value) in Headers())
        {
            context.Response.Headers[name] = value;
        }

        if (Mime is not null)
        {
            await context.Response.BodyWriter.WriteAsync(Mime, context.RequestAborted);
        }

        if (Body is null)
        {
            return;
        }

        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, ReadableJson.Writer);
        Body(json);
        // how long the client takes to read is not the mailbox's time
        place?.Dispose();
    }

    /// <summary>As one of the answers of a batch.</summary>
    public void WriteInBatch(Utf8JsonWriter json, string id)
    {
        using var place = Entry;
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteNumber("status", Status);
        json.WriteStartObject("headers");
        foreach (var (name, value) in Headers())
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        if (Body is not null)
        {
            json.WritePropertyName("body");
            Body(json);
        }
        else if (Mime is not null)
        {
            json.WriteBase64String("body", Mime);
        }

        json.WriteEndObject();
    }

    private IEnumerable<(string Name, string Value)> Headers()
    {
        yield return ("Cache-Control", "private");
        if (Body is not null)
        {
            yield return ("Content-Type", JsonType);
        }
        else if (Mime is not null)
        {
            yield return ("Content-Type", "text/plain");
        }

        if (RetryAfterSeconds is { } seconds)
        {
            yield return ("Retry-After", seconds.ToString(CultureInfo.InvariantCulture));
        }

        if (PreferenceApplied is not null)
        {
            yield return ("Preference-Applied", PreferenceApplied);
        }

        if (Status == 401)
        {
            yield return ("WWW-Authenticate",
                "Bearer realm=\"\", authorization_uri=\"/microsoft/common/oauth2/v2.0/authorize\", error=\"invalid_token\"");
        }
    }
}
