using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using RabbitMQ.Client;

namespace Switchboard.Core.Jobs;

/// <summary>
/// Many jobs in one message, or in one row of the outbox: what waits together travels together. Its type is <c>jobs/1</c>, its body a JSON
/// array of objects: <c>type</c>, <c>id</c>, <c>key</c>, <c>at</c> (Unix ms), <c>job</c> (the record as it is), and where they say
/// something
/// <c>attempt</c>, <c>replay</c>, <c>errors</c>, <c>trace</c>. A job by itself travels as <see cref="JobMessageProperties"/> tells.
/// </summary>
internal static class JobEnvelope
{
    public const string Name = "jobs";
    public const string Tag = "jobs/1";

    /// <summary>The most jobs of one message.</summary>
    public const int MaxJobs = 100;

    /// <summary>The most bytes of the jobs of one message; a larger job travels by itself.</summary>
    public const int MaxBytes = 64 * 1024;

    private const long LatestUnixMs = 253_402_300_799_999;

    // records are JSON already when they come here; how deep they are is theirs
    private static readonly JsonWriterOptions _writing = new() { SkipValidation = true, Encoder = JobJson.Options.Encoder };
    private static readonly JsonReaderOptions _reading = new() { MaxDepth = 1024 };

    public static BasicProperties Properties() => new() { Persistent = true, Type = Tag };

    public static byte[] Write(IReadOnlyList<JobMessage> jobs)
    {
        var body = new ArrayBufferWriter<byte>(jobs.Sum(job => job.Body.Length + 256));
        using var json = new Utf8JsonWriter(body, _writing);
        json.WriteStartArray();
        foreach (var job in jobs)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, job.Tag);
            json.WriteString("id"u8, job.Id);
            json.WriteString("key"u8, job.IdempotencyKey);
            json.WriteNumber("at"u8, job.EnqueuedAt.ToUnixTimeMilliseconds());
            if (job.Attempt > 1)
                json.WriteNumber("attempt"u8, job.Attempt);
            if (job.IsReplay)
                json.WriteBoolean("replay"u8, true);
            if (job.TraceParent is { } parent)
                json.WriteString("trace"u8, parent);
            if (job.Errors.Count > 0)
            {
                json.WritePropertyName("errors"u8);
                JsonSerializer.Serialize(json, job.Errors, JobJson.Options);
            }

            json.WritePropertyName("job"u8);
            json.WriteRawValue(job.Body.Span, skipInputValidation: true);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.Flush();
        return body.WrittenSpan.ToArray();
    }

    /// <summary>The jobs of a message; their bodies are parts of its own.</summary>
    /// <exception cref="JsonException">It is none of ours; or <see cref="FormatException"/> or
    /// <see cref="InvalidOperationException"/>.</exception>
    public static IReadOnlyList<JobMessage> Read(ReadOnlyMemory<byte> body, JobQueue queue)
    {
        var json = new Utf8JsonReader(body.Span, _reading);
        var jobs = new List<JobMessage>();
        Require(json.Read() && json.TokenType == JsonTokenType.StartArray);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            jobs.Add(ReadOne(ref json, body, queue));
        Require(jobs.Count > 0 && !json.Read());
        return jobs;
    }

    private static JobMessage ReadOne(ref Utf8JsonReader json, ReadOnlyMemory<byte> body, JobQueue queue)
    {
        Require(json.TokenType == JsonTokenType.StartObject);
        var (tag, id, key, at, attempt, isReplay) = ("", Guid.Empty, "", 0L, 1, false);
        string? trace = null;
        IReadOnlyList<JobError> errors = [];
        ReadOnlyMemory<byte> job = default;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("job"u8))
            {
                json.Read();
                var start = (int)json.TokenStartIndex;
                json.Skip();
                job = body[start..(int)json.BytesConsumed];
            }
            else if (json.ValueTextEquals("type"u8))
                tag = Value(ref json).GetString()!;
            else if (json.ValueTextEquals("id"u8))
                id = Value(ref json).GetGuid();
            else if (json.ValueTextEquals("key"u8))
                key = Value(ref json).GetString()!;
            else if (json.ValueTextEquals("at"u8))
                at = Value(ref json).GetInt64();
            else if (json.ValueTextEquals("attempt"u8))
                attempt = Value(ref json).GetInt32();
            else if (json.ValueTextEquals("replay"u8))
                isReplay = Value(ref json).GetBoolean();
            else if (json.ValueTextEquals("trace"u8))
                trace = Value(ref json).GetString();
            else if (json.ValueTextEquals("errors"u8))
                errors = JsonSerializer.Deserialize<List<JobError>>(ref json, JobJson.Options) ?? [];
            else
                Value(ref json).Skip();
        }

        Require(tag.Length > 0 && id != Guid.Empty && job.Length > 0);
        JobMessageProperties.TrySplit(tag, out var name, out var version);
        return new(id, name, version, queue, job, key, DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(at, 0, LatestUnixMs)))
        {
            Tag = tag,
            Attempt = Math.Max(1, attempt),
            IsReplay = isReplay,
            Errors = errors,
            TraceParent = trace is not null && ActivityContext.TryParse(trace, null, out _) ? trace : null,
        };
    }

    private static ref Utf8JsonReader Value(ref Utf8JsonReader json)
    {
        json.Read();
        return ref json;
    }

    private static void Require(bool holds)
    {
        if (!holds)
            throw new JsonException("It is no list of jobs.");
    }
}
