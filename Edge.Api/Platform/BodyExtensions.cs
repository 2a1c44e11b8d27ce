using System.Buffers;
using System.IO.Pipelines;

namespace Switchboard.Edge.Api.Platform;

internal static class BodyExtensions
{
    /// <summary>
    /// The whole body, as it was sent. To be given back with <c>AdvanceTo(body.End)</c>. The server ends one that is too long.
    /// </summary>
    public static async ValueTask<ReadOnlySequence<byte>> ReadToEndAsync(this PipeReader body, CancellationToken cancellation)
    {
        var read = await body.ReadAsync(cancellation);
        while (!read.IsCompleted)
        {
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await body.ReadAsync(cancellation);
        }

        return read.Buffer;
    }
}
