using System.Buffers;
using System.Text;

namespace Switchboard.Edge.Api.Platform;

/// <summary>
/// A line of CSV (RFC 4180). What a spreadsheet would take for a formula gets an apostrophe in front, so that opening the file runs
/// nothing that somebody else has written (CWE-1236). A phone number keeps its plus: it is a number to them, and nothing that runs.
/// </summary>
internal static class CsvRow
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create("\",\r\n");

    // those of East Asian keyboards are taken for the same
    private static readonly SearchValues<char> Formula = SearchValues.Create("=+-@|%\t\r\n＝＋－＠");

    public static void Write(IBufferWriter<byte> output, params ReadOnlySpan<string> fields)
    {
        for (var index = 0; index < fields.Length; index++)
        {
            if (index > 0)
                output.Write(","u8);
            Encoding.UTF8.GetBytes(Field(fields[index]), output);
        }

        output.Write("\r\n"u8);
    }

    /// <summary>A field as it stands in its line.</summary>
    public static string Field(string value)
    {
        var text = IsFormula(value) ? $"'{value}" : value;
        return text.AsSpan().ContainsAny(Quoted) || text.AsSpan().Trim().Length < text.Length
            ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : text;
    }

    private static bool IsFormula(string value)
    {
        var start = value.AsSpan().TrimStart(' ');
        return start.Length > 0 && Formula.Contains(start[0])
            && !(start[0] == '+' && start.Length > 1 && !start[1..].ContainsAnyExceptInRange('0', '9'));
    }
}
