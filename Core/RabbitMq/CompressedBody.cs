using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.IO.Compression;
using Switchboard.Core.Jobs;

namespace Switchboard.Core.RabbitMq;

/// <summary>
/// The body of a large message, compressed by Brotli (RFC 7932) at its quickest, which the message says by <c>content-encoding: br</c>.
/// Measured as <c>switchboard.queue.compression.original</c> and <c>.compressed</c> (bytes; one by the other is the ratio) and
/// <c>.time</c> (s of one core, with <c>direction</c> compress or decompress).
/// </summary>
internal static class CompressedBody
{
    /// <summary>What the property <c>content-encoding</c> says then.</summary>
    public const string Encoding = "br";

    /// <summary>What is larger is neither compressed nor read: few bytes can stand for gigabytes.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    // higher ones cost several times as much for a tenth less
    private const int Quality = 1;
    private const int WindowBits = 18;

    // what becomes hardly smaller is not worth the reader's time
    private const double Worthwhile = 0.9;

    private static readonly Meter _meter = new(JobTelemetry.Name);
    private static readonly Counter<long> _original = _meter.CreateCounter<long>(
        "switchboard.queue.compression.original", "By", "Bodies that were compressed, as they were before");
    private static readonly Counter<long> _compressed = _meter.CreateCounter<long>(
        "switchboard.queue.compression.compressed", "By", "The same bodies as they were sent");
    private static readonly Counter<double> _time = _meter.CreateCounter<double>(
        "switchboard.queue.compression.time", "s", "Time of a core that it took");

    /// <summary>The body as it is to be sent; null when it is to be sent as it is.</summary>
    public static byte[]? Of(ReadOnlySpan<byte> body)
    {
        if (body.Length > MaxBytes)
            return null;
        var started = Stopwatch.GetTimestamp();
        var room = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(body.Length));
        try
        {
            var isSmaller = BrotliEncoder.TryCompress(body, room, out var length, Quality, WindowBits) && length < body.Length * Worthwhile;
            Took(started, "compress");
            if (!isSmaller)
                return null;
            _original.Add(body.Length);
            _compressed.Add(length);
            return room.AsSpan(0, length).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    /// <summary>The body as it was; null when this is none of ours: damaged, cut short, or of more than <see cref="MaxBytes"/>.</summary>
    public static byte[]? Read(ReadOnlySpan<byte> compressed)
    {
        var started = Stopwatch.GetTimestamp();
        using var decoder = default(BrotliDecoder);
        var (room, length) = (ArrayPool<byte>.Shared.Rent(Math.Clamp(compressed.Length * 4, 4096, MaxBytes)), 0);
        try
        {
            while (true)
            {
                var space = room.AsSpan(length, Math.Min(room.Length, MaxBytes) - length);
                var status = decoder.Decompress(compressed, space, out var consumed, out var written);
                compressed = compressed[consumed..];
                length += written;
                if (status == OperationStatus.Done)
                    return compressed.IsEmpty ? room.AsSpan(0, length).ToArray() : null;
                if (status != OperationStatus.DestinationTooSmall || length == MaxBytes)
                    return null;
                room = Larger(room, length);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
            Took(started, "decompress");
        }
    }

    private static byte[] Larger(byte[] room, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(room.Length * 2, MaxBytes));
        room.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(room);
        return larger;
    }

    private static void Took(long started, string direction) =>
        _time.Add(Stopwatch.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("direction", direction));
}
