using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Tests.Unit.Email.Tracking;

public sealed class AnsweredMessagesTests
{
    [Fact]
    public void What_is_replied_to_comes_first_then_references_from_the_last()
    {
        Names("<b@x>", "<a@x> <b@x>\r\n\t<c@x>").ShouldBe(Keys("<b@x>", "<c@x>", "<a@x>"));
        Names(null, "<a@x><b@x>").ShouldBe(Keys("<b@x>", "<a@x>"));
        Names(null, null).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("<a@x>")]
    [InlineData("  <a@x>  ")]
    [InlineData("a@x")]
    [InlineData("<a\r\n @x>")]
    [InlineData("(from ann@y (at home)) <a@x>")]
    [InlineData("<a@x> (your mail of Monday, <b@x>)")]
    [InlineData("\"Ann <ann@y>\" <a@x>")]
    [InlineData("Message from Ann <a@x>")]
    [InlineData("Your message of \"Mon, 1 Jan\" <a@x>, (unclosed")]
    [InlineData("ann@y wrote <a@x>")]
    public void Comments_folds_and_phrases_name_nothing(string header) => Names(header, null).ShouldBe(Keys("<a@x>"));

    [Theory]
    [InlineData("")]
    [InlineData("<>")]
    [InlineData("<a@x")]
    [InlineData("Your message of Monday")]
    public void What_is_no_name_is_left_out(string header) => Names(header, null).ShouldBeEmpty();

    [Fact]
    public void Only_the_nearest_twenty_are_looked_at()
    {
        var references = string.Join(' ', Enumerable.Range(0, 100).Select(n => $"<{n}@x>"));

        Names("<first@x>", references).ShouldBe(Keys(["<first@x>", .. Enumerable.Range(0, 19).Select(n => $"<{99 - n}@x>")]));
    }

    [Theory]
    [InlineData('(')]
    [InlineData('"')]
    [InlineData('<')]
    [InlineData('\\')]
    public void A_header_made_to_be_slow_is_not(char letter) =>
        Names(new string(letter, 5_000_000), new string(letter, 5_000_000)).ShouldBeEmpty();

    [Fact]
    public void A_report_is_about_the_mail_that_it_shows_then_about_the_one_that_it_answers()
    {
        KeyValuePair<string, string>[] headers = [new("In-Reply-To", "<answered@x>"), new("References", "<first@x>")];
        KeyValuePair<string, string>[] kept = [.. headers, new("X-Original-Message-ID", "<kept@x>")];

        AnsweredMessages.Of(new DeliveryReport(true, [], ["<shown@x>"], null), headers).ShouldBe(Keys("<shown@x>", "<answered@x>"));
        AnsweredMessages.Of(null, kept).ShouldBe(Keys("<kept@x>", "<answered@x>"));
        AnsweredMessages.Of(new DeliveryReport(true, [], [], null), headers).ShouldBe(Keys("<answered@x>"));
        AnsweredMessages.Of(null, headers[1..]).ShouldBe(Keys("<first@x>"));
    }

    [Fact]
    public void A_message_id_counts_with_its_case_and_without_its_brackets()
    {
        MailKey.OfMessageId(" <A@x> ").ShouldBe(MailKey.OfMessageId("A@x"));
        MailKey.OfMessageId("<A@x>").ShouldNotBe(MailKey.OfMessageId("<a@x>"));
        // the first 128 bits of its SHA-256, as sha256sum writes them
        MailKey.OfMessageId("<a@x>").ToString("N").ShouldBe("79baa4529ab1d2f073d22e2a7cc87c9f");
    }

    [Fact]
    public void A_mail_without_a_message_id_is_named_by_its_provider()
    {
        var mail = new MailEnvelope("p1", "", null, true, "", [], "", DateTimeOffset.UnixEpoch, [], []);

        MailKey.Of(mail).ShouldBe(MailKey.Of(mail with { InternetMessageId = " " }));
        MailKey.Of(mail).ShouldNotBe(MailKey.Of(mail with { ProviderId = "p2" }));
        MailKey.Of(mail with { InternetMessageId = "<a@x>" }).ShouldBe(MailKey.OfMessageId("<a@x>"));
    }

    [Fact]
    public void A_mail_without_a_conversation_has_no_key_of_one()
    {
        MailKey.OfConversation(null).ShouldBeNull();
        MailKey.OfConversation(" ").ShouldBeNull();
        MailKey.OfConversation(" c ").ShouldBe(MailKey.OfConversation("c"));
    }

    private static IReadOnlyList<Guid> Names(string? inReplyTo, string? references) => AnsweredMessages.Of(
    [
        .. inReplyTo is null ? Array.Empty<KeyValuePair<string, string>>() : [KeyValuePair.Create("in-reply-to", inReplyTo)],
        .. references is null ? Array.Empty<KeyValuePair<string, string>>() : [KeyValuePair.Create("REFERENCES", references)],
    ]);

    private static Guid[] Keys(params string[] ids) => [.. ids.Select(MailKey.OfMessageId)];
}
