using Switchboard.Core.Rules;

namespace Switchboard.Tests.Unit.Rules;

public sealed class SmsRuleTests
{
    [Theory]
    [InlineData("+15550100002", true)]
    [InlineData("+15550100003", false)]
    [InlineData("+155501000020", false)]
    public void An_address_may_be_a_number(string from, bool matches) =>
        Some.Match(Some.Rule(Some.Senders(addresses: ["+15550100002"])), Some.Text(from: from)).ShouldBe(matches);

    [Theory]
    [InlineData("+15550100002", true)]
    [InlineData("+15550100099", false)]
    [InlineData("+15550101234", false)]
    [InlineData("+4915550100002", false)]
    public void A_pattern_names_many_numbers_and_an_exclusion_some_of_them(string from, bool matches) =>
        Some.Match(
            Some.Rule(Some.Senders(wildcards: ["+1555*"], exclusions: ["+15550100099", "+1555010123?"])),
            Some.Text(from: from)).ShouldBe(matches);

    [Theory]
    [InlineData("a@acme.test")]
    [InlineData("acme.test")]
    public void A_rule_about_mail_is_not_about_an_sms(string entry) =>
        Some.Match(Some.Rule(Some.Senders(addresses: [entry], domains: ["acme.test"], wildcards: ["*@*"])), Some.Text()).ShouldBeFalse();

    [Fact]
    public void What_is_said_in_audio_counts_as_text()
    {
        var rule = Some.Rule(content: Some.Content(allOf: ["invoice", "overdue"]));

        Some.Match(rule, Some.Text("the invoice")).ShouldBeFalse();
        Some.Match(rule, Some.Text("the invoice", media: true, transcripts: ["hello", "it is Overdue"])).ShouldBeTrue();
        Some.Match(rule, Some.Text("", media: true, transcripts: ["overdue invoice"])).ShouldBeTrue();
    }

    [Theory]
    [InlineData(ContentScope.Subject, false)]
    [InlineData(ContentScope.Body, true)]
    [InlineData(ContentScope.Both, true)]
    public void An_sms_has_no_subject(ContentScope scope, bool matches) =>
        Some.Match(Some.Rule(content: Some.Content(anyOf: ["pay"], scope: scope)), Some.Text()).ShouldBe(matches);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_files_of_an_SMS_are_its_attachments(bool media)
    {
        var verdict = RuleEvaluator.Evaluate([Some.Rule(content: Some.Content(attachment: true))], Some.Text(media: media)).ShouldHaveSingleItem();

        verdict.Matches.ShouldBe(media);
        verdict.Reasons.ShouldBe([$"The SMS has {(media ? "an" : "no")} attachment, and the rule wants one."]);
    }

    [Theory]
    [InlineData("至急お願いします", "至急")]
    [InlineData("عاجل جدا", "عاجل")]
    [InlineData("🔥🔥", "🔥")]
    public void Words_are_found_in_any_script(string body, string word) =>
        Some.Match(Some.Rule(content: Some.Content(anyOf: [word])), Some.Text(body)).ShouldBeTrue();
}
