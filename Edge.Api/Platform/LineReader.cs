using System.Buffers;
using System.IO.Pipelines;

namespace Switchboard.Edge.Api.Platform;

/// <summary>A line of a body.</summary>
/// <param name="Content">What is in it.</param>
/// <param name="IsTooLong">Whether it was longer than any may be; then there is nothing in it.</param>
internal sealed record BodyLine(ReadOnlySequence<byte> Content, bool IsTooLong);

/// <summary>Reads a body line by line as it comes: no more of it is in memory than the longest line may have.</summary>
internal sealed class LineReader(PipeReader body)
{
    /// <summary>How long a line may be, in bytes; what is longer is passed over.</summary>
    public const int MaxLength = 128 * 1024;

    /// <summary>The number of the last line, from 1; those with nothing in them count.</summary>
    public int Number { get; private set; }

    /// <summary>How much was read.</summary>
    public long Bytes { get; private set; }

    /// <summary>The next line with something in it; null at the end.</summary>
    public async ValueTask<BodyLine?> ReadAsync(CancellationToken cancellationToken)
    {
        var isTooLong = false;
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            var end = buffer.PositionOf((byte)'\n');
            if (end is null && !read.IsCompleted)
            {
                // what is too long already is not kept
                isTooLong |= buffer.Length > MaxLength;
                Bytes += isTooLong ? buffer.Length : 0;
                body.AdvanceTo(isTooLong ? buffer.End : buffer.Start, buffer.End);
                continue;
            }

            var line = end is { } mark ? buffer.Slice(0, mark) : buffer;
            isTooLong |= line.Length > MaxLength;
            var content = isTooLong ? [] : line.ToArray();
            var next = end is { } last ? buffer.GetPosition(1, last) : buffer.End;
            Bytes += buffer.Slice(0, next).Length;
            body.AdvanceTo(next);
            if (end is null && content.Length == 0 && !isTooLong)
                return null;

            Number++;
            if (isTooLong || content.AsSpan().ContainsAnyExcept(" \t\r"u8))
                return new(JsonBody.WithoutMark(new(content)), isTooLong);
        }
    }
}
