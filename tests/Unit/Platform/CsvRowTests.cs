using System.Buffers;
using System.Text;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Unit.Platform;

public sealed class CsvRowTests
{
    [Theory]
    [InlineData("plain words", "plain words")]
    [InlineData("", "")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("she said \"no\"", "\"she said \"\"no\"\"\"")]
    [InlineData("one\r\ntwo", "\"one\r\ntwo\"")]
    [InlineData(" spaced ", "\" spaced \"")]
    [InlineData("Grüße 🙂", "Grüße 🙂")]
    public void A_field_is_quoted_where_it_must_be(string value, string expected) => CsvRow.Field(value).ShouldBe(expected);

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("=HYPERLINK(\"http://evil\",\"x\")", "\"'=HYPERLINK(\"\"http://evil\"\",\"\"x\"\")\"")]
    [InlineData("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0")]
    [InlineData("-2+3", "'-2+3")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("  =1", "'  =1")]
    [InlineData("＝1", "'＝1")]
    [InlineData("+", "'+")]
    public void What_a_spreadsheet_would_run_is_text(string value, string expected) => CsvRow.Field(value).ShouldBe(expected);

    [Fact]
    public void A_phone_number_stays_one() => CsvRow.Field("+15550100001").ShouldBe("+15550100001");

    [Fact]
    public void A_row_ends_with_a_line_break_of_the_format()
    {
        var output = new ArrayBufferWriter<byte>();
        CsvRow.Write(output, "a", "", "c,d");
        Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe("a,,\"c,d\"\r\n");
    }
}
