using System.Globalization;
using System.Text;

namespace Switchboard.Simulator.Twilio.Media;

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
