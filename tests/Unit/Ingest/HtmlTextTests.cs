using System.Diagnostics;
using Switchboard.Workers.Ingest.Providers.Gmail;

namespace Switchboard.Tests.Unit.Ingest;

public sealed class HtmlTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("<p>One</p><p>Two</p>", "One\n\nTwo")]
    [InlineData("One<br>Two<BR/>Three", "One\nTwo\nThree")]
    [InlineData("<div>a   <i>b</i>\t\n c</div>", "a b\nc")]
    [InlineData("<table><tr><td>Total</td><td>42&nbsp;&euro;</td></tr></table>", "Total 42 €")]
    [InlineData("<head><title>no</title></head><style>p{color:red}</style><script>if(a<b)x()</script>yes", "yes")]
    [InlineData("a<!-- <b>hidden</b> -->b", "ab")]
    [InlineData("<a title=\"x > y\" href='#'>link</a>", "link")]
    [InlineData("3 < 4 &amp;&amp; 5 > 4", "3 < 4 && 5 > 4")]
    [InlineData("&lt;b&gt; is a tag", "<b> is a tag")]
    [InlineData("cut off <b", "cut off")]
    [InlineData("cut off <", "cut off <")]
    [InlineData("<!DOCTYPE html><?xml?>text</>", "text")]
    [InlineData("<script>never closed", "")]
    [InlineData("<!-- never closed", "")]
    [InlineData("<p>It's 5\" long</p><p>next</p>", "It's 5\" long\n\nnext")]
    public void Html_is_read_as_text(string html, string text) => HtmlText.From(html).ShouldBe(text);

    [Theory]
    [InlineData("<")]
    [InlineData("<a ")]
    [InlineData("<a href=\"")]
    [InlineData("<!--")]
    [InlineData("<script>")]
    [InlineData("</script")]
    [InlineData("&#")]
    public void Html_made_to_be_slow_is_not(string piece)
    {
        var html = string.Concat(Enumerable.Repeat(piece, 1_000_000 / piece.Length));
        var started = Stopwatch.GetTimestamp();

        HtmlText.From(html);

        // what takes time by the square of its length takes minutes
        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }
}
