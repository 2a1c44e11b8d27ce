using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Switchboard.Simulator.Smtp;

/// <summary>A line without its end.</summary>
/// <param name="Bytes">The line; of one that is too long the beginning.</param>
/// <param name="IsTooLong">Whether there was more of it.</param>
internal readonly record struct SmtpLine(ReadOnlyMemory<byte> Bytes, bool IsTooLong)
{
    public string Text => Encoding.UTF8.GetString(Bytes.Span);
}

/// <summary>Reads lines that end with CR LF, of which none takes more memory than it may.</summary>
internal sealed class SmtpLines(Stream stream)
{
    /// <summary>RFC 5321, 4.5.3.1.4, with room for addresses beyond ASCII and a login.</summary>
    public const int LongestCommand = 4096;

    /// <summary>Of the text 1,000 are allowed (4.5.3.1.6); what mail programs write is longer at times.</summary>
    public const int LongestText = 64 * 1024;

    private readonly PipeReader _reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));

    /// <summary>The next line; null when the client has closed the connection.</summary>
    public async Task<SmtpLine?> ReadAsync(int longest, CancellationToken cancellationToken)
    {
        byte[]? beginning = null;
        while (true)
        {
            var read = await _reader.ReadAsync(cancellationToken);
            if (EndOf(read.Buffer) is { } end)
            {
                var line = new SmtpLine(beginning ?? read.Buffer.Slice(0, end).ToArray(), beginning is not null);
                _reader.AdvanceTo(read.Buffer.GetPosition(2, end));
                return line.Bytes.Length > longest ? new(line.Bytes[..longest], IsTooLong: true) : line;
            }

            if (read.IsCompleted)
            {
                return null;
            }

            if (read.Buffer.Length > longest)
            {
                // all of it goes but its last byte, which may be half of the end
                beginning ??= read.Buffer.Slice(0, longest).ToArray();
                _reader.AdvanceTo(read.Buffer.GetPosition(read.Buffer.Length - 1), read.Buffer.End);
            }
            else
            {
                _reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
    }

    private static SequencePosition? EndOf(ReadOnlySequence<byte> buffer)
    {
        var reader = new SequenceReader<byte>(buffer);
        return reader.TryReadTo(out ReadOnlySequence<byte> line, "\r\n"u8) ? line.End : null;
    }
}
