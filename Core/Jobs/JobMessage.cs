using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Jobs;

/// <summary>A job as it travels and waits: its bytes and what is known about it without reading them.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="Type">Its type's name.</param>
/// <param name="Version">Its type's version.</param>
/// <param name="Queue">Where it is served.</param>
/// <param name="Body">The record as JSON in UTF-8; a poison message may hold anything.</param>
/// <param name="IdempotencyKey">The same for two jobs that ask for the same effect.</param>
/// <param name="EnqueuedAt">From when its latency counts.</param>
internal sealed record JobMessage(
    Guid Id,
    string Type,
    int Version,
    JobQueue Queue,
    ReadOnlyMemory<byte> Body,
    string IdempotencyKey,
    DateTimeOffset EnqueuedAt)
{
    /// <summary>Which attempt comes now or next, from 1.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>Whether a person asked for it again after it was dead.</summary>
    public bool IsReplay { get; init; }

    /// <summary>Whether a worker that does not serve its type has sent it on to the one that does.</summary>
    public bool IsForwarded { get; init; }

    /// <summary>Whether it travels as a single message: what may be no JSON, or may kill whoever takes it.</summary>
    public bool IsAlone { get; init; }

    /// <summary>What went wrong so far.</summary>
    public IReadOnlyList<JobError> Errors { get; init; } = [];

    /// <summary>The W3C trace context of the span that caused it.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The value of a message's type property.</summary>
    public string Tag { get; init; } = "";

    /// <summary>A job's first message.</summary>
    public static JobMessage Of(OutgoingJob outgoing, DateTimeOffset enqueuedAt)
    {
        var codec = JobCodec.Of(outgoing.Job);
        return new(
            outgoing.Job.Id,
            codec.Type.Name,
            codec.Type.Version,
            JobQueue.Of(codec.Type, outgoing.Job),
            codec.Encode(outgoing.Job),
            outgoing.Job.IdempotencyKey,
            enqueuedAt)
        {
            Tag = codec.Type.Tag,
            TraceParent = Format(outgoing.Parent ?? Activity.Current?.Context),
        };
    }

    private static string? Format(ActivityContext? context) =>
        context is { } known && known.TraceId != default
            ? $"00-{known.TraceId}-{known.SpanId}-{((known.TraceFlags & ActivityTraceFlags.Recorded) != 0 ? "01" : "00")}"
            : null;
}

/// <summary>A job on its way to its queue.</summary>
/// <param name="Job">The job.</param>
/// <param name="Parent">The span that caused it; null for <see cref="Activity.Current"/>.</param>
/// <param name="DueAt">Until when <see cref="JobOutbox"/> keeps it waiting; null: it goes with the commit.</param>
public sealed record OutgoingJob(IJob Job, ActivityContext? Parent = null, DateTimeOffset? DueAt = null);

/// <summary>What went wrong in one attempt of a job.</summary>
/// <param name="Attempt">Which attempt, from 1.</param>
/// <param name="At">When it failed.</param>
/// <param name="Error">What its handler said.</param>
public sealed record JobError(int Attempt, DateTimeOffset At, string Error)
{
    /// <summary>How many a job keeps, the latest: more than any policy has attempts.</summary>
    internal const int Most = 20;
}

/// <summary>Makes any error one that travels with its job and that Postgres takes.</summary>
internal static class JobErrorText
{
    /// <summary>An error longer than this is cut: all errors of a job travel in one header of its message.</summary>
    public const int MaxLength = 1000;

    public static string From(string error) =>
        StorableText.From(StorableText.Cut(error, MaxLength));
}

/// <summary>Turns the jobs of one record type into the bytes of a message and back.</summary>
internal sealed class JobCodec
{
    private static readonly ConcurrentDictionary<Type, JobCodec> _codecs = new();
    private static readonly MethodInfo _typeOf = typeof(JobCodec).GetMethod(nameof(TypeOf), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly JsonTypeInfo _json;

    private JobCodec(Type record)
    {
        Record = record;
        Type = (JobType)_typeOf.MakeGenericMethod(record).Invoke(null, null)!;
        _json = JobJson.Options.GetTypeInfo(record);
    }

    public Type Record { get; }

    public JobType Type { get; }

    public static JobCodec Of(Type record) => _codecs.GetOrAdd(record, static type => new JobCodec(type));

    public static JobCodec Of(IJob job) => Of(job.GetType());

    public byte[] Encode(IJob job) => JsonSerializer.SerializeToUtf8Bytes(job, _json);

    /// <exception cref="JsonException">The bytes are not such a job.</exception>
    public IJob Decode(ReadOnlySpan<byte> body) =>
        (IJob?)JsonSerializer.Deserialize(body, _json) ?? throw new JsonException("The body is null.");

    private static JobType TypeOf<TJob>()
        where TJob : IJob => TJob.Type;
}

/// <summary>How jobs are written as JSON, in messages and in tables.</summary>
internal static class JobJson
{
    public static JsonSerializerOptions Options { get; } = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            // nulls are written: what is left out counts as missing when it is read
            // what a record computes of itself (its idempotency key) is not part of it
            IgnoreReadOnlyProperties = true,
            // a body that lacks what the record needs is poison here, not a NullReferenceException in a handler
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            // never embedded in HTML; escapes would double the size of what is not ASCII
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        };
        options.MakeReadOnly();
        return options;
    }
}
