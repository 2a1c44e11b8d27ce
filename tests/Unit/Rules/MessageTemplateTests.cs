using Switchboard.Core.Rules;

namespace Switchboard.Tests.Unit.Rules;

public sealed class MessageTemplateTests
{
    [Fact]
    public void What_a_rule_says_that_has_no_template_reads_well_for_mail_and_for_sms()
    {
        Render(MessageTemplate.Default, Some.Mail()).ShouldBe("Mail from billing@acme.test: Invoice 42\nPlease pay");
        Render(MessageTemplate.Default, Some.Text()).ShouldBe("Text from +15550100002:\nPlease pay");
        Render(MessageTemplate.Default, Some.Mail(subject: "")).ShouldBe("Mail from billing@acme.test:\nPlease pay");
        Render(MessageTemplate.Default, Some.Text(transcripts: ["or else"])).ShouldBe("Text from +15550100002:\nPlease pay\nor else");
    }

    [Fact]
    public void Rules_that_were_made_when_there_was_only_mail_say_the_same() =>
        Render("Mail from {{from}}: {{subject}}\n{{text}}", Some.Text()).ShouldBe("Text from +15550100002:\nPlease pay");

    [Fact]
    public void Every_placeholder_is_filled() =>
        Render("{{ kind }}|{{from}}|{{to}}|{{subject}}|{{text}}|{{receivedAt}}|{{rule}}", Some.Mail())
            .ShouldBe("Mail|billing@acme.test|demo@example.com|Invoice 42|Please pay|2026-03-02 09:00 UTC|a rule");

    [Fact]
    public void Every_placeholder_that_there_is_is_known() =>
        MessageTemplate.UnknownPlaceholders("{{kind}} {{from}} {{to}} {{subject}} {{text}} {{receivedAt}} {{rule}} {{other}} {{ Other }}")
            .ShouldBe(["other", "Other"]);

    [Theory]
    [InlineData("{{nonsense}} {{from}}", "{{nonsense}} +15550100002")]
    [InlineData("a {{subject}} b", "a  b")]
    [InlineData("a {{subject}}\r\nb", "a\r\nb")]
    [InlineData("a: {{subject}}", "a:")]
    [InlineData("{{subject}}", "Text from +15550100002")]
    public void Only_what_is_empty_at_the_end_of_a_line_takes_its_space_with_it(string template, string message) =>
        Render(template, Some.Text()).ShouldBe(message);

    [Fact]
    public void What_the_message_says_is_no_template() =>
        Render("{{text}}", Some.Text("{{from}} {{subject}}")).ShouldBe("{{from}} {{subject}}");

    [Fact]
    public void It_is_cut_where_the_channel_would_refuse_it_and_never_within_an_emoji()
    {
        var cut = Render("{{text}}", Some.Text(string.Concat(Enumerable.Repeat("🎉", 3_000))));

        cut.Length.ShouldBe(MessageTemplate.MaxLength - 1);
        cut.ShouldEndWith("🎉…");
    }

    [Theory]
    [InlineData("", "billing@acme.test", "Mail from billing@acme.test")]
    [InlineData("\u200B\u00AD\u2060", "billing@acme.test", "Mail from billing@acme.test")]
    [InlineData(" \t\u3164\u0001", "billing@acme.test", "Mail from billing@acme.test")]
    [InlineData("", "\u200B", "Mail without text")]
    public void Where_nothing_could_be_seen_it_says_what_came(string text, string from, string message)
    {
        Render("{{text}}", Some.Mail(from, text: text)).ShouldBe(message);
        Render("\u200B{{text}}\u200B", Some.Mail(from, text: text)).ShouldBe(message);
    }

    [Fact]
    public void What_cannot_be_seen_is_as_if_it_were_not_there() =>
        Render("From {{from}}: {{subject}}", Some.Mail(subject: "\u200B")).ShouldBe("From billing@acme.test:");

    [Fact]
    public void A_template_with_many_placeholders_is_rendered_no_further_than_a_message_may_be_long()
    {
        var mail = Some.Mail(text: new string('x', ReceivedMessage.MaxText));
        Render("{{text}}", mail);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var rendered = Render(string.Concat(Enumerable.Repeat("{{text}}", 512)), mail);

        // all of it would be 64 MB
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(200_000);
        rendered.Length.ShouldBe(MessageTemplate.MaxLength);
        rendered.ShouldEndWith("x…");
    }

    [Fact]
    public void A_rule_says_whether_what_is_quoted_is_shown()
    {
        var mail = Some.Mail(text: "New\n> old");

        Render("{{text}}", mail).ShouldBe("New");
        MessageTemplate.Render("{{text}}", "a rule", mail, ContentInclude.Everything).ShouldBe("New\n> old");
    }

    private static string Render(string template, ReceivedMessage message) => MessageTemplate.Render(template, "a rule", message);
}
