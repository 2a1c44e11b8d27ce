using Switchboard.Core.Rules;

namespace Switchboard.Tests.Unit.Rules;

/// <summary>Whether the text of a mail has to be fetched for the rules of its user.</summary>
public sealed class NeedContentTests
{
    [Theory]
    [InlineData("{{subject}}", ContentScope.Subject, false)]
    [InlineData("{{subject}}", ContentScope.Body, true)]
    [InlineData("{{subject}}", ContentScope.Both, true)]
    [InlineData("{{subject}}\n{{ text }}", ContentScope.Subject, true)]
    public void A_rule_needs_what_it_looks_at_or_shows(string template, ContentScope scope, bool expected) =>
        Needs(Rule(RuleType.Content, template, SenderRules.None, ContentRules.None with { AnyOf = ["bill"], Scope = scope })).ShouldBe(expected);

    [Fact]
    public void A_rule_on_attachments_needs_to_know_of_them() =>
        Needs(Rule(RuleType.Content, "{{subject}}", SenderRules.None, ContentRules.None with { Scope = ContentScope.Subject, HasAttachment = true }))
            .ShouldBeTrue();

    [Fact]
    public void A_rule_of_another_sender_or_without_a_condition_needs_nothing()
    {
        Needs(Rule(RuleType.Combined, "{{text}}", SenderRules.None with { Domains = ["other.test"] }, ContentRules.None)).ShouldBeFalse();
        Needs(Rule(RuleType.Sender, "{{text}}", SenderRules.None, ContentRules.None)).ShouldBeFalse();
        Needs(Rule(RuleType.Sender, "{{text}}", SenderRules.None with { Domains = ["acme.test"] }, ContentRules.None)).ShouldBeTrue();
    }

    private static bool Needs(Rule rule) => new CompiledRules([rule]).NeedContent(
        new(MessageKind.Mail, "billing@acme.test", "me@example.com", "The bill", "", Some.Monday, HasAttachment: false));

    private static Rule Rule(RuleType type, string template, SenderRules sender, ContentRules content) =>
        Some.Rule() with { Type = type, Template = template, Sender = sender, Content = content };
}
