using System.Buffers;
using System.IO.Pipelines;

namespace Switchboard.Edge.Api.Platform;

/// <summary>A line of a body.</summary>
/// <param name="Content">What is in it, until the next one is read.</param>
/// <param name="IsTooLong">Whether it was longer than any may be; then there is nothing in it.</param>
internal sealed record BodyLine(ReadOnlySequence<byte> Content, bool IsTooLong);

/// <summary>Reads a body line by line as it comes: no more of it is in memory than the longest line may have.</summary>
internal sealed class LineReader(PipeReader body)
{
    /// <summary>How long a line may be, in bytes; what is longer is passed over.</summary>
    public const int MaxLength = 128 * 1024;

    private SequencePosition? _read;

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
            if (_read is { } read)
                body.AdvanceTo(read);
            _read = null;
            var result = await body.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            if (buffer.PositionOf((byte)'\n') is not { } end)
            {
                if (result.IsCompleted)
                    return End(buffer, isTooLong);
                if (buffer.Length > MaxLength)
                {
                    isTooLong = true;
                    Pass(buffer, buffer.End);
                }
                else
                    body.AdvanceTo(buffer.Start, buffer.End);
                continue;
            }

            Number++;
            var line = buffer.Slice(0, end);
            Pass(buffer, buffer.GetPosition(1, end));
            if (isTooLong || line.Length > MaxLength)
                return new(default, IsTooLong: true);
            if (!IsEmpty(line))
                return new(JsonBody.WithoutMark(line), IsTooLong: false);
        }
    }

    private BodyLine? End(ReadOnlySequence<byte> rest, bool isTooLong)
    {
        Pass(rest, rest.End);
        if (!isTooLong && IsEmpty(rest))
            return null;
        Number++;
        return isTooLong || rest.Length > MaxLength ? new(default, IsTooLong: true) : new(JsonBody.WithoutMark(rest), IsTooLong: false);
    }

    private void Pass(ReadOnlySequence<byte> buffer, SequencePosition until)
    {
        _read = until;
        Bytes += buffer.Slice(0, until).Length;
    }

    private static bool IsEmpty(ReadOnlySequence<byte> line)
    {
        var reader = new SequenceReader<byte>(line);
        reader.AdvancePastAny((byte)' ', (byte)'\t', (byte)'\r');
        return reader.End;
    }
}
