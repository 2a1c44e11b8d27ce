using Switchboard.Core.Rules;

namespace Switchboard.Tests.Unit.Rules;

public sealed class ContentRuleTests
{
    [Theory]
    [InlineData("Your INVOICE 42", "", true)]
    [InlineData("", "the invoice is attached", true)]
    [InlineData("payment  due", "", true)]
    [InlineData("", "we note that your payment\r\n\tdue in May", true)]
    [InlineData("", "payment of what is due", false)]
    [InlineData("", "", false)]
    [InlineData("in voice", "", false)]
    public void Any_of_wants_one(string subject, string text, bool matches) =>
        Some.Match(Some.Rule(content: Some.Content(anyOf: ["invoice", "Payment Due"])), Some.Mail(subject: subject, text: text)).ShouldBe(matches);

    [Theory]
    [InlineData("invoice", "overdue", true)]
    [InlineData("invoice overdue", "", true)]
    [InlineData("invoice", "", false)]
    [InlineData("", "overdue", false)]
    public void All_of_wants_each_wherever_it_is(string subject, string text, bool matches) =>
        Some.Match(Some.Rule(content: Some.Content(allOf: ["invoice", "overdue"])), Some.Mail(subject: subject, text: text)).ShouldBe(matches);

    [Theory]
    [InlineData("hello", "", true)]
    [InlineData("Newsletter", "", false)]
    [InlineData("hello", "to unsubscribe, click", false)]
    public void None_of_wants_none(string subject, string text, bool matches) =>
        Some.Match(Some.Rule(content: Some.Content(noneOf: ["newsletter", "unsubscribe"])), Some.Mail(subject: subject, text: text)).ShouldBe(matches);

    [Theory]
    [InlineData(ContentScope.Subject, "urgent", "", true)]
    [InlineData(ContentScope.Subject, "", "urgent", false)]
    [InlineData(ContentScope.Body, "urgent", "", false)]
    [InlineData(ContentScope.Body, "", "urgent", true)]
    [InlineData(ContentScope.Both, "urgent", "", true)]
    [InlineData(ContentScope.Both, "", "urgent", true)]
    public void The_scope_says_where_to_look(ContentScope scope, string subject, string text, bool matches)
    {
        var mail = Some.Mail(subject: subject, text: text);

        Some.Match(Some.Rule(content: Some.Content(anyOf: ["urgent"], scope: scope)), mail).ShouldBe(matches);
        Some.Match(Some.Rule(content: Some.Content(anyOf: ["urgent", "asap"], scope: scope)), mail).ShouldBe(matches);
        Some.Match(Some.Rule(content: Some.Content(allOf: ["urgent"], scope: scope)), mail).ShouldBe(matches);
        Some.Match(Some.Rule(content: Some.Content(noneOf: ["urgent"], scope: scope)), mail).ShouldBe(!matches);
    }

    [Fact]
    public void A_phrase_is_not_put_together_from_subject_and_text() =>
        Some.Match(Some.Rule(content: Some.Content(anyOf: ["payment due"])), Some.Mail(subject: "payment", text: "due")).ShouldBeFalse();

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    public void An_attachment_can_be_wanted_or_unwanted(bool wanted, bool there, bool matches) =>
        Some.Match(Some.Rule(content: Some.Content(attachment: wanted)), Some.Mail(attachment: there)).ShouldBe(matches);

    [Theory]
    [InlineData("СРОЧНО: счёт", "срочно")]
    [InlineData("ΕΠΕΊΓΟΝ", "επείγον")]
    [InlineData("至急ご確認ください", "ご確認")]
    [InlineData("فاتورة جديدة", "فاتورة")]
    [InlineData("deal 🔥🔥 now", "🔥 now")]
    [InlineData("👩‍👩‍👧 family plan", "👩‍👩‍👧")]
    [InlineData("a\0b", "A\0B")]
    [InlineData("C:\\d+.*(", "\\D+.*(")]
    public void Words_are_found_in_any_script(string subject, string phrase)
    {
        Some.Match(Some.Rule(content: Some.Content(anyOf: [phrase])), Some.Mail(subject: subject)).ShouldBeTrue();
        Some.Match(Some.Rule(content: Some.Content(anyOf: [phrase, "no such word"])), Some.Mail(subject: subject)).ShouldBeTrue();
        Some.Match(Some.Rule(content: Some.Content(allOf: [phrase])), Some.Mail(subject: subject)).ShouldBeTrue();
        Some.Match(Some.Rule(content: Some.Content(noneOf: [phrase, "no such word"])), Some.Mail(subject: subject)).ShouldBeFalse();
    }

    [Fact]
    public void Half_an_emoji_breaks_nothing() =>
        Some.Match(Some.Rule(content: Some.Content(anyOf: ["\ud83d alone", "x"])), Some.Mail(subject: "\ud83d ALONE")).ShouldBeTrue();

    [Theory]
    [InlineData("Cafe\u0301 bill", "café")]
    [InlineData("Café bill", "cafe\u0301")]
    [InlineData("in\u200Bvo\u00ADice", "invoice")]
    [InlineData("invoice", "in\u2060voice")]
    [InlineData("STRASSE", "straße")]
    [InlineData("Straße", "STRASSE")]
    [InlineData("ΟΔΟΣ", "οδος")]
    [InlineData("οδός", "ΟΔΌΣ")]
    [InlineData("İSTANBUL", "istanbul")]
    [InlineData("KIRMIZI", "kırmızı")]
    [InlineData("oﬃce", "OFFICE")]
    [InlineData("ＩＮＶＯＩＣＥ", "ｉｎｖｏｉｃｅ")]
    [InlineData("한국어", "\u1112\u1161\u11AB\u1100\u116E\u11A8\u110B\u1165")]
    [InlineData("ᾼ", "αι")]
    [InlineData("pay\u00A0\u200B now", "pay now")]
    public void Case_unicode_form_and_what_nobody_sees_make_no_difference(string said, string phrase)
    {
        Some.Match(Some.Rule(content: Some.Content(anyOf: [phrase])), Some.Mail(subject: said)).ShouldBeTrue();
        Some.Match(Some.Rule(content: Some.Content(allOf: [phrase], scope: ContentScope.Body)), Some.Mail(text: said)).ShouldBeTrue();
        Some.Match(Some.Rule(content: Some.Content(noneOf: [phrase])), Some.Mail(subject: said)).ShouldBeFalse();
        Some.Match(Some.Rule(content: Some.Content(noneOf: [phrase])), Some.Text(said)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("café", "cafe")]
    [InlineData("cafe\u0301", "cafe")]
    public void A_letter_with_an_accent_is_another_one_in_either_form(string said, string phrase) =>
        Some.Match(Some.Rule(content: Some.Content(anyOf: [phrase])), Some.Mail(subject: said)).ShouldBeFalse();

    [Fact]
    public void A_phrase_of_which_nothing_can_be_seen_is_none()
    {
        Some.Match(Some.Rule(content: Some.Content(anyOf: ["\u200B"])), Some.Mail()).ShouldBeFalse();
        Some.Match(Some.Rule(content: Some.Content(anyOf: ["invoice"], noneOf: ["\u00AD", " "])), Some.Mail()).ShouldBeTrue();
    }

    [Fact]
    public void The_reasons_name_a_phrase_as_its_rule_has_it() =>
        RuleEvaluator.Evaluate([Some.Rule(content: Some.Content(anyOf: ["Straße"]))], Some.Mail(subject: "STRASSE")).ShouldHaveSingleItem()
            .Reasons.ShouldBe(["Found in the subject or text: 'Straße'."]);

    [Theory]
    [InlineData(ReceivedMessage.MaxText - 6, true)]
    [InlineData(ReceivedMessage.MaxText - 5, false)]
    public void A_text_is_read_as_far_as_is_promised(int before, bool matches) =>
        Some.Match(Some.Rule(content: Some.Content(anyOf: ["needle"])), Some.Mail(text: new string('x', before) + "needle")).ShouldBe(matches);
}
