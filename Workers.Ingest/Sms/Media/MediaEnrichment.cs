using Switchboard.Core.Diagnostics;
using Switchboard.Core.Media;
using Switchboard.Workers.Ingest.Providers.Twilio;
using Switchboard.Workers.Ingest.Sms.Messages;
using Switchboard.Workers.Ingest.Sms.Speech;

namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>
/// Enriches one item: download, check, keep, transcribe. Nothing is written to the database here, and what is kept has the try's name,
/// so that all of it may be done again. No more files than the pool has connections are on their way at once, up to their being kept.
/// </summary>
internal sealed partial class MediaEnrichment(
    MediaDownload download,
    IMediaStore store,
    Transcriber transcriber,
    TempFolder temp,
    IOptions<HttpPoolOptions> pool,
    TimeProvider timeProvider,
    ILogger<MediaEnrichment> logger) : IDisposable
{
    private readonly SemaphoreSlim _places = new(pool.Value.Max);

    /// <summary>What comes of an item.</summary>
    /// <exception cref="OperationCanceledException">The process stops.</exception>
    public async Task<EnrichmentResult> RunAsync(MediaItem item, CancellationToken cancellationToken)
    {
        using var file = temp.NewFile();
        var progress = new Progress(item.StorageKey);
        try
        {
            await FetchAsync(item, file, progress, cancellationToken);
            var transcript = await TranscribeAsync(file, progress, cancellationToken);
            return new EnrichmentResult.Completed(progress.StorageKey!, progress.ContentType!, progress.SizeBytes, transcript);
        }
        catch (ProviderException reason)
        {
            var error = ErrorOf(reason);
            Log.NotEnriched(logger, item.Id, item.Attempt, reason);
            return new EnrichmentResult.Failed(reason.Failure, error, progress.StorageKey);
        }
#pragma warning disable CA1031 // the disk is full, the store is unavailable, a bug: the item says that it is tried again, the job says what it was
        catch (Exception reason) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.Broken(logger, reason, item.Id, item.Attempt);
            return new EnrichmentResult.Failed(
                new(FailureKind.Transient, "It could not be kept here."), $"{reason.GetType().Name}: {reason.Message}",
                progress.StorageKey);
        }
    }

    public void Dispose() => _places.Dispose();

    private async Task FetchAsync(MediaItem item, TempFile file, Progress progress, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            var isKept = await ReadKeptAsync(item, file, cancellationToken);
            var media = isKept ?? await DownloadAsync(item, file, cancellationToken);
            await CheckAsync(item, media, file, progress, cancellationToken);
            if (isKept is null)
                await KeepAsync(item, file, progress, cancellationToken);
        }
        finally
        {
            _places.Release();
        }
    }

    // what an earlier try has kept, before speech could not be asked
    private async Task<DownloadedMedia?> ReadKeptAsync(MediaItem item, TempFile file, CancellationToken cancellationToken)
    {
        if (item.StorageKey is null || await store.OpenAsync(item.StorageKey, cancellationToken) is not { } kept)
            return null;
        await using (kept)
        await using (var copy = TempFile.Create(file.Path))
        {
            await kept.CopyToAsync(copy, cancellationToken);
            return new(copy.Length, null);
        }
    }

    private Task<DownloadedMedia> DownloadAsync(MediaItem item, TempFile file, CancellationToken cancellationToken) =>
        download.FetchAsync(
            item.MediaUrl ?? throw new ProviderException(FailureKind.Permanent, NewItem.NoAddress),
            file.Path,
            timeProvider.GetUtcNow() - item.CreatedAt,
            cancellationToken);

    private static async Task CheckAsync(
        MediaItem item, DownloadedMedia media, TempFile file, Progress progress, CancellationToken cancellationToken)
    {
        if (media.SizeBytes == 0)
            throw new ProviderException(FailureKind.Permanent, "It is empty.");
        await using var content = file.OpenRead();
        progress.ContentType = TypeClaim.Settle(await ContentSniffer.DetectAsync(content, cancellationToken), item.ContentType, media.ContentType);
        progress.SizeBytes = media.SizeBytes;
    }

    private async Task KeepAsync(MediaItem item, TempFile file, Progress progress, CancellationToken cancellationToken)
    {
        var key = MediaKey.Of(item.UserId, item.Id, item.Attempt);
        // also when it fails: then it is not known whether it is there
        progress.StorageKey = key;
        await store.SaveAsync(key, file.Path, progress.ContentType!, cancellationToken);
    }

    private async Task<Transcript?> TranscribeAsync(TempFile file, Progress progress, CancellationToken cancellationToken)
    {
        if (MediaKind.Of(progress.ContentType) != MediaKind.Audio)
            return null;
        await using var content = file.OpenRead();
        return await transcriber.TranscribeAsync(content, progress.ContentType!, cancellationToken);
    }

    private static string ErrorOf(ProviderException reason) =>
        reason.InnerException is { } cause ? $"{reason.Message} ({cause.GetType().Name}: {cause.Message})" : reason.Message;

    /// <summary>How far a try came.</summary>
    private sealed class Progress(string? storageKey)
    {
        public string? StorageKey { get; set; } = storageKey;

        public string? ContentType { get; set; }

        public long SizeBytes { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Item {Id}, try {Attempt}: {Reason}")]
        public static partial void NotEnriched(ILogger logger, Guid id, int attempt, Redacted reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "Item {Id}, try {Attempt} broke")]
        public static partial void Broken(ILogger logger, Exception reason, Guid id, int attempt);
    }
}
