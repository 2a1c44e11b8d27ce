using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Core.Providers;

namespace Switchboard.Workers.Dispatch.Social.Platforms;

/// <summary>A file as the platform has it.</summary>
/// <param name="Media">Which it is, in <c>social_media</c>.</param>
/// <param name="Id">What the platform knows it by: an id, a container, a blob.</param>
/// <param name="At">When it was uploaded.</param>
/// <param name="IsReady">Whether the platform is done with it.</param>
/// <param name="Attempt">In which attempt it was uploaded.</param>
internal sealed record PreparedMedia(Guid Media, string Id, DateTimeOffset At, bool IsReady, int Attempt = 1)
{
    /// <summary>When the platform says to look again; null where it does not say.</summary>
    [JsonIgnore]
    public TimeSpan? LookAgain { get; init; }
}

/// <summary>What a target has at its platform before it is posted: the column <c>social_post_targets.prepared</c>.</summary>
/// <param name="Media">Its files, in their order; fewer than it has while they are uploaded.</param>
internal sealed record PreparedPost(IReadOnlyList<PreparedMedia> Media)
{
    /// <summary>Instagram: what is published, of several files their carousel.</summary>
    public PreparedMedia? Container { get; init; }

    /// <summary>Instagram: the text that the container has.</summary>
    public string? ContainerText { get; init; }

    /// <summary>Bluesky: the accounts (DIDs) of the handles that are mentioned.</summary>
    public IReadOnlyDictionary<string, string>? Mentions { get; init; }

    /// <summary>What was kept of a target; nothing if it was never prepared.</summary>
    public static PreparedPost Of(PublishTarget target) =>
        target.Prepared is { ValueKind: JsonValueKind.Object } kept
            ? kept.Deserialize(PreparedJson.Default.PreparedPost) ?? new([])
            : new([]);

    /// <summary>As it is kept.</summary>
    public JsonElement Write() => JsonSerializer.SerializeToElement(this, PreparedJson.Default.PreparedPost);
}

/// <summary>Uploads the files of a target, and waits for a platform that looks at them first.</summary>
/// <param name="Life">For how long a platform keeps a file that is in no post: after that it is uploaded again.</param>
/// <param name="UploadAsync">Uploads a file.</param>
/// <param name="LookAsync">Asks whether the platform is done with one; null: it is of no use any more, and is to be uploaded again.</param>
internal sealed record MediaPreparation(
    TimeSpan Life, Func<PublishMedia, Task<PreparedMedia>> UploadAsync, Func<PreparedMedia, Task<PreparedMedia?>> LookAsync)
{
    // so long a video may take; what takes longer is stuck
    private static readonly TimeSpan LongestProcessing = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Rarely = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Goes on where it was left. If a file fails after others were uploaded, those are kept and the failure shows at the next call: each
    /// call gets on or fails.
    /// </summary>
    /// <returns>The files, and when to look again; null when they are ready.</returns>
    public async Task<(IReadOnlyList<PreparedMedia> Media, TimeSpan? LookAgain)> RunAsync(
        IReadOnlyList<PublishMedia> media, IReadOnlyList<PreparedMedia> known, DateTimeOffset now)
    {
        var prepared = new List<PreparedMedia>(media.Count);
        TimeSpan? lookAgain = null;
        var isNew = false;
        for (var i = 0; i < media.Count; i++)
        {
            var file = i < known.Count && known[i].Media == media[i].Id && now - known[i].At < Life ? known[i] : null;
            try
            {
                if (file is { IsReady: false })
                    file = await LookAsync(file);
                if (file is null)
                    (file, isNew) = (await UploadAsync(media[i]), true);
            }
            catch (ProviderException reason) when (isNew && reason.Kind is FailureKind.Transient or FailureKind.Throttled)
            {
                return ([.. prepared, .. known.Skip(i)], reason.Failure.RetryAfter ?? Soon);
            }

            prepared.Add(file);
            if (!file.IsReady && WaitFor(file, now) is var wait && !(wait >= lookAgain))
                lookAgain = wait;
        }

        return (prepared, lookAgain);
    }

    /// <summary>When to look again at what a platform is not done with: the more rarely the longer it takes.</summary>
    /// <exception cref="ProviderException">It takes too long.</exception>
    public static TimeSpan WaitFor(PreparedMedia file, DateTimeOffset now)
    {
        var age = now - file.At;
        if (age > LongestProcessing)
        {
            throw PlatformCalls.Unusable(
                FailureKind.Permanent, $"The platform is not done with a file after {age.TotalMinutes:0} minutes.");
        }

        return file.LookAgain ?? TimeSpan.FromSeconds(Math.Clamp(age.TotalSeconds, Soon.TotalSeconds, Rarely.TotalSeconds));
    }
}

/// <summary>A file, or a part of it, as the body of a request: read while it is sent.</summary>
/// <param name="media">The file.</param>
/// <param name="first">Where the part begins.</param>
/// <param name="length">How long it is; null for the rest.</param>
internal sealed class MediaContent(PublishMedia media, long first = 0, long? length = null) : HttpContent
{
    private const int BufferBytes = 80 * 1024;

    private readonly long _length = length ?? (media.Bytes - first);

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using var file = await media.OpenAsync(cancellationToken);
        var buffer = new byte[BufferBytes];
        var skip = first;
        if (file.CanSeek)
            (file.Position, skip) = (first, 0);
        for (var left = skip + _length; left > 0;)
        {
            var read = await file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), cancellationToken);
            if (read == 0)
                throw new EndOfStreamException($"The file {media.Id} is shorter than it was.");
            var skipped = (int)Math.Min(skip, read);
            await stream.WriteAsync(buffer.AsMemory(skipped, read - skipped), cancellationToken);
            (skip, left) = (skip - skipped, left - read);
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PreparedPost))]
internal sealed partial class PreparedJson : JsonSerializerContext;
