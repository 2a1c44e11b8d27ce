using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Webhooks;

/// <summary>
/// <c>/_sim/webhooks/{name}</c>: stands in for a user's own server that webhooks are posted to. It takes whatever comes and lists it; each
/// name answers as it is told to.
/// </summary>
internal static class WebhookReceiver
{
    private const int LongestBody = 1024 * 1024;

    public static IServiceCollection AddWebhookReceiver(this IServiceCollection services) => services
        .AddSingleton<MessageStore<ReceivedWebhook>>()
        .AddSingleton<ConcurrentDictionary<string, WebhookAnswer>>()
        .ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, WebhookJson.Default));

    public static void MapWebhookReceiver(this WebApplication app)
    {
        var group = app.MapGroup("/_sim/webhooks/{name}");
        group.MapPost("", ReceiveAsync);
        group.MapGet("", List);
        group.MapDelete("", (string name, ConcurrentDictionary<string, WebhookAnswer> answers) => Reset(name, answers));
        group.MapPost("/answer", Change);
        app.MapDelete("/_sim/webhooks", (MessageStore<ReceivedWebhook> received) =>
        {
            received.Clear();
            return Results.NoContent();
        });
    }

    private static async Task ReceiveAsync(
        HttpContext context, string name, MessageStore<ReceivedWebhook> received, ConcurrentDictionary<string, WebhookAnswer> answers,
        TimeProvider timeProvider)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var headers = context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString());
        received.Add(sequence => new ReceivedWebhook(
            sequence, headers.GetValueOrDefault("webhook-id", ""), name, headers, body[..Math.Min(body.Length, LongestBody)]));
        await answers.GetValueOrDefault(name, WebhookAnswer.Default).WriteAsync(context, timeProvider);
    }

    private static IResult List(string name, MessageStore<ReceivedWebhook> received, string? since = null, int limit = Since.DefaultLimit)
    {
        if (!Since.TryParse(since, out var after))
        {
            return ControlProblems.Invalid("since", Since.Error);
        }

        if (limit is < 1 or > Since.MostLimit)
        {
            return ControlProblems.Invalid("limit", Since.LimitError);
        }

        var (page, next) = Since.Page(received, after, limit, one => one.Name == name);
        return Results.Json(new WebhookPage(page, next), WebhookJson.Readable.WebhookPage);
    }

    private static IResult Change(string name, WebhookAnswer answer, ConcurrentDictionary<string, WebhookAnswer> answers)
    {
        if (answer.Errors() is { Count: > 0 } errors)
        {
            return Results.ValidationProblem(errors, title: "The answers stay as they are.");
        }

        answers[name] = answer;
        return Results.Json(answer, WebhookJson.Default.WebhookAnswer);
    }

    private static IResult Reset(string name, ConcurrentDictionary<string, WebhookAnswer> answers)
    {
        answers.TryRemove(name, out _);
        return Results.NoContent();
    }
}

/// <summary>A webhook that came in.</summary>
/// <param name="Sequence">Its place in the order.</param>
/// <param name="Id">Its <c>webhook-id</c>.</param>
/// <param name="Name">To which receiver.</param>
/// <param name="Headers">All headers, their names in lower case.</param>
/// <param name="Body">The body, as text.</param>
internal sealed record ReceivedWebhook(
    [property: JsonIgnore] long Sequence, string Id, string Name, IReadOnlyDictionary<string, string> Headers, string Body) : IStoredMessage
{
    public DateTimeOffset At => DateTimeOffset.UnixEpoch.AddMicroseconds(Sequence);
}

/// <summary>Webhooks that came in.</summary>
/// <param name="Items">Oldest first.</param>
/// <param name="NextCursor">The <c>since</c> of the next page; null when this is the last.</param>
internal sealed record WebhookPage(
    IReadOnlyList<ReceivedWebhook> Items, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? NextCursor);

/// <summary>How a receiver answers: the body of <c>POST /_sim/webhooks/{name}/answer</c>; what is left out is as at first.</summary>
/// <param name="Status">The status.</param>
/// <param name="DelayMs">After how long.</param>
/// <param name="Bytes">How long the body is, at once.</param>
/// <param name="DripMs">So long between one byte of the body and the next; 0 for at once.</param>
/// <param name="RetryAfter">The header <c>Retry-After</c>.</param>
/// <param name="Location">The header <c>Location</c>.</param>
internal sealed record WebhookAnswer(
    int Status = 200, int DelayMs = 0, int Bytes = 0, int DripMs = 0, string? RetryAfter = null, string? Location = null)
{
    private const int Block = 64 * 1024;

    public static WebhookAnswer Default { get; } = new();

    public FieldErrors Errors()
    {
        var errors = new FieldErrors();
        errors.Check("status", Status is >= 200 and <= 599, "Use 200 to 599.");
        errors.Check("delayMs", DelayMs is >= 0 and <= 3_600_000, "Use 0 to 3600000 milliseconds.");
        errors.Check("bytes", Bytes is >= 0 and <= 1_000_000_000, "Use 0 to 1000000000 bytes.");
        errors.Check("dripMs", DripMs is >= 0 and <= 60_000, "Use 0 to 60000 milliseconds.");
        return errors;
    }

    public async Task WriteAsync(HttpContext context, TimeProvider timeProvider)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(DelayMs), timeProvider, context.RequestAborted);
        var response = context.Response;
        response.StatusCode = Status;
        if (RetryAfter is not null)
        {
            response.Headers.RetryAfter = RetryAfter;
        }

        if (Location is not null)
        {
            response.Headers.Location = Location;
        }

        var block = new byte[DripMs > 0 ? 1 : Block];
        Array.Fill(block, (byte)'x');
        for (var left = Status == StatusCodes.Status204NoContent ? 0 : Bytes; left > 0; left -= block.Length)
        {
            await response.Body.WriteAsync(block.AsMemory(0, Math.Min(left, block.Length)), context.RequestAborted);
            if (DripMs > 0)
            {
                await response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(TimeSpan.FromMilliseconds(DripMs), timeProvider, context.RequestAborted);
            }
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WebhookPage))]
[JsonSerializable(typeof(WebhookAnswer))]
internal sealed partial class WebhookJson : JsonSerializerContext
{
    /// <summary>For what people read.</summary>
    public static WebhookJson Readable { get; } = new(ReadableJson.Options());
}
