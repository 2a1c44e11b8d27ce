using System.Diagnostics;
using Switchboard.Core.Email;
using Switchboard.Core.Rules;

namespace Switchboard.Tests.Unit.Email;

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
    [InlineData(
        "<div dir=\"ltr\">New</div><br><div class=\"gmail_quote gmail_quote_container\"><div dir=\"ltr\" class=\"gmail_attr\">On Mon, Mar 2, 2026 at " +
        "9:00 AM Jane &lt;<a href=\"mailto:a@b.test\">a@b.test</a>&gt; wrote:<br></div><blockquote class=\"gmail_quote\"><div>old</div></blockquote></div>")]
    [InlineData("New<blockquote type=\"cite\"><p>old</p><blockquote>older</blockquote><p>old</p></blockquote>")]
    [InlineData(
        "<div>New</div><div id=\"appendonsend\"></div><hr><div id=\"divRplyFwdMsg\" dir=\"ltr\"><font><b>Van:</b> Jane &lt;a@b.test&gt;<br>" +
        "<b>Verzonden:</b> maandag</font></div><div>old</div>")]
    [InlineData("<div>New</div><span class=\"gmail_signature_prefix\">-- </span><br><div class=\"gmail_signature\">old title</div>")]
    public void What_is_quoted_in_html_is_told_apart(string html) =>
        new ReceivedMessage(MessageKind.Mail, "a@b.test", "", "Re: x", HtmlText.From(html), DateTimeOffset.UnixEpoch, false).NewText.ShouldBe("New");

    [Theory]
    [InlineData("<a href=\"https://a.test/?x=1&amp;y=2\">Confirm</a> now", "Confirm (https://a.test/?x=1&y=2) now")]
    [InlineData("<a href=\"https://a.test\">https://a.test</a>", "https://a.test")]
    [InlineData("<a href=\"https://a.test\"><img src=x></a>", "https://a.test")]
    [InlineData("<a href=\"mailto:a@b.test\">Write</a>, <a name=top>here</a>", "Write, here")]
    [InlineData("<a href=\"https://a.test\"><div>Two</div><blockquote type=\"cite\">lines</blockquote></a>", "Two\n> lines\nhttps://a.test")]
    [InlineData("<a href=\"https://a.test\">one<a href=\"https://b.test\">two</a>", "one (https://a.test)two (https://b.test)")]
    public void Where_links_are_wanted_each_stands_behind_its_text(string html, string text) =>
        HtmlText.From(html, withLinks: true).ShouldBe(text);

    [Fact]
    public void A_blockquote_that_is_layout_is_text() => HtmlText.From("a<blockquote style=\"margin:0\">b</blockquote>c").ShouldBe("a\nb\nc");

    [Theory]
    [InlineData("<")]
    [InlineData("<blockquote type=cite>a")]
    [InlineData("</blockquote>")]
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
