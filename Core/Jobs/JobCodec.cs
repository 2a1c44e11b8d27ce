using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Switchboard.Core.Jobs;

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
