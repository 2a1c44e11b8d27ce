using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;

namespace Switchboard.Core.Jobs;

/// <summary>
/// A job's message on the wire. Properties: <c>type</c> is name and version, <c>message_id</c> the job's id, <c>correlation_id</c>
/// its idempotency key, <c>timestamp</c> when it was published, <c>content-encoding</c> whether it is compressed
/// (<see cref="RabbitMq.CompressedBody"/>). Headers, each only where it says something: <c>enqueued-at</c> (Unix ms), <c>attempt</c> (from
/// 2),
/// <c>replay</c>, <c>forwarded</c>, <c>errors</c> (JSON), <c>traceparent</c> (W3C). The body is the record as JSON.
/// </summary>
internal static class JobMessageProperties
{
    private const string EnqueuedAt = "enqueued-at";
    private const string Attempt = "attempt";
    private const string Replay = "replay";
    private const string Errors = "errors";
    private const string Key = "idempotency-key";
    private const string Forwarded = "forwarded";
    private const string TraceParent = "traceparent";

    // the limit of the protocol for properties
    public const int MaxShortString = 255;
    private const long MaxUnixMs = 253_402_300_799_999;

    public static BasicProperties Of(JobMessage message)
    {
        var headers = new Dictionary<string, object?>(4) { [EnqueuedAt] = message.EnqueuedAt.ToUnixTimeMilliseconds() };
        var properties = new BasicProperties
        {
            Persistent = true,
            Type = message.Tag,
            MessageId = message.Id.ToString("N"),
            Headers = headers,
        };
        if (Encoding.UTF8.GetByteCount(message.IdempotencyKey) <= MaxShortString)
            properties.CorrelationId = message.IdempotencyKey;
        else
            headers[Key] = message.IdempotencyKey;
        if (message.Attempt > 1)
            headers[Attempt] = message.Attempt;
        if (message.IsForwarded)
            headers[Forwarded] = true;
        if (message.IsReplay)
            headers[Replay] = true;
        if (message.Errors.Count > 0)
            headers[Errors] = JsonSerializer.SerializeToUtf8Bytes(message.Errors, JobJson.Options);
        if (message.TraceParent is { } parent)
            headers[TraceParent] = parent;
        return properties;
    }

    /// <summary>Reads what it can: a message of unknown origin may lack anything, and is still to be written down somewhere.</summary>
    public static JobMessage Read(IReadOnlyBasicProperties properties, JobQueue queue, ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        var tag = properties.Type ?? "";
        var headers = properties.Headers;
        return new JobMessage(
            Guid.TryParse(properties.MessageId, out var id) ? id : Guid.CreateVersion7(now),
            TrySplit(tag, out var name, out var version) ? name : tag,
            version,
            queue,
            body,
            properties.CorrelationId ?? Text(headers, Key) ?? "",
            Number(headers, EnqueuedAt) is { } ms and > 0 and <= MaxUnixMs ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : now)
        {
            Tag = tag,
            Attempt = (int)Math.Clamp(Number(headers, Attempt) ?? 1, 1, int.MaxValue),
            IsReplay = headers?.TryGetValue(Replay, out var replay) == true && replay is true,
            IsForwarded = headers?.TryGetValue(Forwarded, out var forwarded) == true && forwarded is true,
            Errors = ErrorsIn(headers),
            TraceParent = Text(headers, TraceParent) is { } parent && ActivityContext.TryParse(parent, null, out _) ? parent : null,
        };
    }

    /// <summary>How often it has come back without an answer, as the broker counts.</summary>
    public static long Returns(IReadOnlyBasicProperties properties) => Number(properties.Headers, "x-delivery-count") ?? 0;

    /// <summary>When it was published, to the second and never later than now; null when it does not say so.</summary>
    public static DateTimeOffset? PublishedAt(IReadOnlyBasicProperties properties, DateTimeOffset now) =>
        properties.IsTimestampPresent() && properties.Timestamp.UnixTime is > 0 and var seconds
            ? DateTimeOffset.FromUnixTimeSeconds(Math.Min(seconds, now.ToUnixTimeSeconds()))
            : null;

    /// <summary>The queue that a dead-lettered message came from.</summary>
    public static JobQueue? FirstQueue(IReadOnlyBasicProperties properties)
    {
        var name = Text(properties.Headers, "x-first-death-queue");
        return JobQueue.All.FirstOrDefault(queue => queue.Name == name);
    }

    public static bool TrySplit(string tag, out string name, out int version)
    {
        version = 0;
        var slash = tag.LastIndexOf('/');
        name = slash < 0 ? tag : tag[..slash];
        return slash >= 0 && short.TryParse(tag.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed)
            && (version = parsed) >= 0;
    }

    private static List<JobError> ErrorsIn(IDictionary<string, object?>? headers)
    {
        if (headers is null || !headers.TryGetValue(Errors, out var value) || value is not byte[] json)
            return [];
        try
        {
            var errors = JsonSerializer.Deserialize<List<JobError?>>(json, JobJson.Options) ?? [];
            return errors.OfType<JobError>().ToList().ConvertAll(error => error with { Error = JobErrorText.From(error.Error) });
        }
        catch (JsonException)
        {
            // not written by us; the job itself may still be good
            return [];
        }
    }

    private static long? Number(IDictionary<string, object?>? headers, string name) =>
        headers is not null && headers.TryGetValue(name, out var value)
            ? value switch { long number => number, int number => number, _ => null }
            : null;

    private static string? Text(IDictionary<string, object?>? headers, string name) =>
        headers is not null && headers.TryGetValue(name, out var value) && value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : null;
}
