using Switchboard.Core.Rules;

namespace Switchboard.Tests.Unit.Rules;

public sealed class SenderRuleTests
{
    [Theory]
    [InlineData("billing@acme.test", true)]
    [InlineData("BILLING@Acme.Test", true)]
    [InlineData("Acme <billing@acme.test>", true)]
    [InlineData("billing@acme.test.evil.test", false)]
    [InlineData("\"billing@acme.test\" <evil@other.test>", false)]
    [InlineData("", false)]
    public void An_address_names_one_sender(string from, bool matches) =>
        Some.Match(Some.Rule(Some.Senders(addresses: ["Billing@acme.test "])), Some.Mail(from)).ShouldBe(matches);

    [Theory]
    [InlineData("a@acme.test", true)]
    [InlineData("a@mail.acme.test", true)]
    [InlineData("a@eu.mail.acme.test", true)]
    [InlineData("a@notacme.test", false)]
    [InlineData("a@acme.test.evil.test", false)]
    [InlineData("acme.test", false)]
    public void A_domain_names_itself_and_what_is_below_it(string from, bool matches)
    {
        Some.Match(Some.Rule(Some.Senders(domains: ["acme.test"])), Some.Mail(from)).ShouldBe(matches);
        Some.Match(Some.Rule(Some.Senders(domains: ["@Acme.Test"])), Some.Mail(from)).ShouldBe(matches);
    }

    [Theory]
    [InlineData("noreply@acme.test", false)]
    [InlineData("a@spam.acme.test", false)]
    [InlineData("a@x.spam.acme.test", false)]
    [InlineData("bot-7@acme.test", false)]
    [InlineData("a@acme.test", true)]
    [InlineData("a@other.test", false)]
    public void An_exclusion_is_an_address_a_domain_or_a_pattern_and_always_wins(string from, bool matches) =>
        Some.Match(
            Some.Rule(Some.Senders(
                addresses: ["noreply@acme.test"],
                domains: ["acme.test"],
                exclusions: ["noreply@acme.test", "spam.acme.test", "bot-*@*"])),
            Some.Mail(from)).ShouldBe(matches);

    [Theory]
    [InlineData("a@acme.test", false)]
    [InlineData("a@other.test", true)]
    public void Exclusions_alone_mean_everyone_else(string from, bool matches) =>
        Some.Match(Some.Rule(Some.Senders(exclusions: ["acme.test"])), Some.Mail(from)).ShouldBe(matches);

    [Fact]
    public void A_rule_without_any_condition_matches_nothing()
    {
        Some.Match(Some.Rule(SenderRules.None), Some.Mail()).ShouldBeFalse();
        Some.Match(Some.Rule(Some.Senders(addresses: ["", "  "])), Some.Mail("")).ShouldBeFalse();
        Some.Match(Some.Rule(content: Some.Content(anyOf: [""])), Some.Mail()).ShouldBeFalse();
        Some.Match(Some.Rule(SenderRules.None, ContentRules.None), Some.Mail()).ShouldBeFalse();
    }

    [Fact]
    public void A_sender_rule_looks_at_no_content_and_a_content_rule_at_no_sender()
    {
        var acme = Some.Senders(domains: ["acme.test"]);
        var refund = Some.Content(anyOf: ["refund"]);

        Some.Match(Some.Rule(acme, refund, RuleType.Sender), Some.Mail("a@acme.test", "hello")).ShouldBeTrue();
        Some.Match(Some.Rule(acme, refund, RuleType.Content), Some.Mail("a@other.test", "refund")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("a@acme.test", "refund", true)]
    [InlineData("a@acme.test", "hello", false)]
    [InlineData("a@other.test", "refund", false)]
    public void A_combined_rule_wants_both(string from, string subject, bool matches) =>
        Some.Match(
            Some.Rule(Some.Senders(domains: ["acme.test"]), Some.Content(anyOf: ["refund"])),
            Some.Mail(from, subject)).ShouldBe(matches);
}
