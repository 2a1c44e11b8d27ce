using System.Buffers;

namespace Switchboard.Workers.Ingest.Sms.Speech;

/// <summary>How long AMR plays: 20 ms a frame (RFC 4867, 5.3).</summary>
internal static class AmrDuration
{
    private const int BufferSize = 16 * 1024;
    private const double FrameSeconds = 0.02;

    // bytes of a frame with its header, by its type; 0 where there is no such type
    private static readonly int[] Narrow = [13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1];
    private static readonly int[] Wide = [18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1];

    public static async Task<double?> SecondsAsync(Stream file, bool wide, CancellationToken cancellation)
    {
        var sizes = wide ? Wide : Narrow;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            file.Position = 0;
            var frames = 0L;
            long next = (wide ? "#!AMR-WB\n" : "#!AMR\n").Length;
            long at = 0;
            for (int read; (read = await file.ReadAsync(buffer.AsMemory(0, BufferSize), cancellation)) > 0; at += read)
            {
                while (next < at + read)
                {
                    if (sizes[(buffer[next - at] >> 3) & 15] is not (> 0 and var size))
                        return null;
                    next += size;
                    frames++;
                }
            }

            return frames * FrameSeconds;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
