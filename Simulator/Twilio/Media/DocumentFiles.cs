using System.Globalization;
using System.Text;

namespace Switchboard.Simulator.Twilio;

/// <summary>A text with a head and an end, and lines between them that make up the size.</summary>
internal sealed class TextFile(string head, string end) : MediaFormat
{
    private readonly byte[] _head = Encoding.UTF8.GetBytes(head);
    private readonly byte[] _end = Encoding.UTF8.GetBytes(end);

    public static TextFile VCard { get; } = new("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann Example\r\nTEL:+15550100001\r\nNOTE:",
        "\r\nEND:VCARD\r\n");

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

/// <summary>An empty page, and a stream that nobody shows. Numbers have a fixed width, so that all offsets are known.</summary>
internal sealed class PdfFile : MediaFormat
{
    private const string Objects = "%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
        + "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>\nendobj\n";

    private const string StreamEnd = "\nendstream\nendobj\n";

    public override IEnumerable<ReadOnlyMemory<byte>> Make(MediaSpec spec)
    {
        var around = Head(0).Length + StreamEnd.Length + End(0).Length;
        var stream = Math.Max(0, spec.Size - around);
        var table = Head(0).Length + stream + StreamEnd.Length;
        return new ReadOnlyMemory<byte>[] { Ascii(Head(stream)) }.Concat(Filler.Of(stream)).Append(Ascii(StreamEnd + End(table)));
    }

    private static string Head(long stream) => Objects + $"4 0 obj\n<</Length {Number(stream)}>>\nstream\n";

    private static string End(long table)
    {
        var end = new StringBuilder("xref\n0 5\n0000000000 65535 f \n");
        for (var number = 1; number <= 4; number++)
        {
            end.Append(Number(Head(0).IndexOf($"{number} 0 obj", StringComparison.Ordinal))).Append(" 00000 n \n");
        }

        return end.Append("trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n").Append(Number(table)).Append("\n%%EOF\n").ToString();
    }

    private static string Number(long number) => number.ToString("D10", CultureInfo.InvariantCulture);

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);
}
