using System.Text;

namespace Switchboard.Simulator.Twilio.Media;

/// <summary>A text with a head and an end, and lines between them that make up the size.</summary>
internal sealed class TextFile(string head, string end) : MediaFormat
{
    private readonly byte[] _head = Encoding.UTF8.GetBytes(head);
    private readonly byte[] _end = Encoding.UTF8.GetBytes(end);

    public static TextFile VCard { get; } = new("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann Example\r\nTEL:+15550100001\r\nNOTE:", "\r\nEND:VCARD\r\n");

    protected override long UsualBytes => 1000;

    public override long UsualSize(double seconds, string? says) =>
        says is null ? UsualBytes : _head.Length + Encoding.UTF8.GetByteCount(says) + _end.Length;

    public override IEnumerable<ReadOnlyMemory<byte>> Make(MediaSpec spec)
    {
        var says = Encoding.UTF8.GetBytes(spec.Says ?? "");
        var left = Math.Max(0, spec.Size - _head.Length - says.Length - _end.Length);
        return new ReadOnlyMemory<byte>[] { _head, says }.Concat(Filler.Text(left)).Append(_end);
    }
}
