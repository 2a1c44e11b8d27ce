using System.Collections.Concurrent;
using System.Globalization;

namespace Switchboard.Simulator.Social;

/// <summary>A file at a platform: what is known of it, not its bytes.</summary>
/// <param name="id">The platform's id of it.</param>
/// <param name="account">Whose.</param>
/// <param name="createdAt">Since when it is there.</param>
internal sealed class SocialUpload(string id, SocialAccount account, DateTimeOffset createdAt)
{
    public string Id => id;

    public SocialAccount Account => account;

    public DateTimeOffset CreatedAt => createdAt;

    /// <summary>What it was said to be.</summary>
    public string? Category { get; init; }

    /// <summary>How large it was said to be.</summary>
    public long AnnouncedBytes { get; init; }

    /// <summary>What its bytes say it is; null before they came, and when they say nothing.</summary>
    public string? ContentType { get; set; }

    public long Bytes { get; set; }

    public string? AltText { get; set; }

    /// <summary>Where it was fetched from.</summary>
    public string? Url { get; set; }

    /// <summary>When its processing ends; null while it is not whole.</summary>
    public DateTimeOffset? ReadyAt { get; set; }

    /// <summary>Why it cannot be posted.</summary>
    public string? Error { get; set; }

    /// <summary>Of Instagram's containers, the text that it is published with.</summary>
    public string? Caption { get; init; }

    /// <summary>Of Instagram's containers, those that are in it.</summary>
    public IReadOnlyList<SocialUpload> Children { get; init; } = [];

    /// <summary>The post that it was published as, of those that can be published once.</summary>
    public string? PublishedAs { get; set; }

    /// <summary>The parts that came, by their place.</summary>
    public ConcurrentDictionary<int, long> Parts { get; } = new();

    public bool IsVideo => ContentType?.StartsWith("video/", StringComparison.Ordinal) == true;

    public bool IsReady(DateTimeOffset now) => Error is null && ReadyAt <= now;
}

/// <summary>The files at a platform that may be posted: each for two days, and not more than so many.</summary>
internal sealed class SocialUploads(TimeProvider timeProvider)
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(2);
    private const int Most = 100_000;
    private readonly ConcurrentDictionary<string, SocialUpload> _all = new();
    private readonly ConcurrentQueue<SocialUpload> _order = new();
    private long _lastNumber = timeProvider.GetUtcNow().UtcTicks;

    /// <summary>A number for an id: none is given twice, also after a restart.</summary>
    public string NextNumber() => Interlocked.Increment(ref _lastNumber).ToString(CultureInfo.InvariantCulture);

    public SocialUpload Add(SocialUpload upload)
    {
        _all[upload.Id] = upload;
        _order.Enqueue(upload);
        while (_order.TryPeek(out var oldest) && (_order.Count > Most || IsOver(oldest)) && _order.TryDequeue(out var old))
        {
            _all.TryRemove(new(old.Id, old));
        }

        return upload;
    }

    /// <summary>A file of an account; null when it is not there, or not any more.</summary>
    public SocialUpload? Find(string? id, SocialAccount account) =>
        id is not null && _all.TryGetValue(id, out var upload) && upload.Account == account && !IsOver(upload) ? upload : null;

    private bool IsOver(SocialUpload upload) => timeProvider.GetUtcNow() - upload.CreatedAt >= Life;
}

/// <summary>What a file is, by its first bytes.</summary>
internal static class FileType
{
    /// <summary>How many bytes it takes to tell.</summary>
    public const int Bytes = 12;

    public static string? Of(ReadOnlySpan<byte> start) =>
        start.StartsWith<byte>([0xFF, 0xD8, 0xFF]) ? "image/jpeg"
        : start.StartsWith<byte>([0x89, (byte)'P', (byte)'N', (byte)'G']) ? "image/png"
        : start.StartsWith("GIF8"u8) ? "image/gif"
        : start.Length >= Bytes && start.StartsWith("RIFF"u8) && start[8..].StartsWith("WEBP"u8) ? "image/webp"
        : start.Length >= Bytes && start[4..].StartsWith("ftyp"u8) ? "video/mp4"
        : start.StartsWith<byte>([0x1A, 0x45, 0xDF, 0xA3]) ? "video/webm"
        : start.StartsWith("%PDF"u8) ? "application/pdf"
        : null;

    /// <summary>Reads a file to its end, or until it is larger than allowed, and keeps nothing of it.</summary>
    /// <returns>How large it is, and what its bytes say it is.</returns>
    public static async Task<(long Bytes, string? Type)> ReadAsync(Stream stream, long most, CancellationToken cancellationToken)
    {
        var buffer = new byte[81_920];
        var start = new byte[Bytes];
        long total = 0;
        int read;
        while (total <= most && (read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (total < Bytes)
            {
                buffer.AsSpan(0, (int)Math.Min(read, Bytes - total)).CopyTo(start.AsSpan((int)total));
            }

            total += read;
        }

        return (total, Of(start.AsSpan(0, (int)Math.Min(total, Bytes))));
    }
}
