using Switchboard.Load.Email;

namespace Switchboard.Tests.Simulator.Load;

public sealed class RuleModelTests
{
    private static readonly EmailMessage Mail = new("Ann@Eu.Shop.test", "Your Order", "It has been shipped tomorrow.");

    [Theory]
    [InlineData("shop.test", true)]
    [InlineData("eu.shop.test", true)]
    [InlineData("op.test", false)]
    [InlineData("test.eu", false)]
    public void A_domain_holds_what_is_below_it(string domain, bool matches) =>
        RuleModel.Matches(new("R", "sender", 0) { Sender = new() { Domains = [domain] } }, Mail).ShouldBe(matches);

    [Theory]
    [InlineData("*@*.shop.test", true)]
    [InlineData("ann@??.shop.test", true)]
    [InlineData("*@shop.test", false)]
    [InlineData("ann", false)]
    public void A_wildcard_is_over_the_whole_address(string pattern, bool matches) =>
        RuleModel.Matches(new("R", "sender", 0) { Sender = new() { Wildcards = [pattern] } }, Mail).ShouldBe(matches);

    [Fact]
    public void An_exclusion_beats_every_match() => RuleModel.Matches(
        new("R", "sender", 0) { Sender = new() { Addresses = ["ann@eu.shop.test"], Exclusions = ["shop.test"] } }, Mail).ShouldBeFalse();

    [Theory]
    [InlineData("subject", true)]
    [InlineData("body", false)]
    [InlineData("both", true)]
    public void Words_are_looked_for_where_the_scope_says(string scope, bool matches) =>
        RuleModel.Matches(new("R", "content", 0) { Content = new() { AnyOf = ["order"], Scope = scope } }, Mail).ShouldBe(matches);

    [Fact]
    public void All_any_and_none_must_hold_together()
    {
        Content(new() { AllOf = ["order", "shipped"] }).ShouldBeTrue();
        Content(new() { AllOf = ["order", "cancelled"] }).ShouldBeFalse();
        Content(new() { AnyOf = ["order"], NoneOf = ["tomorrow"] }).ShouldBeFalse();
        Content(new() { AnyOf = ["order"], HasAttachment = true }).ShouldBeFalse();
        Content(new() { AnyOf = ["order"], HasAttachment = false }).ShouldBeTrue();

        static bool Content(ContentSpec content) => RuleModel.Matches(new("R", "content", 0) { Content = content }, Mail);
    }

    [Fact]
    public void The_first_match_by_priority_wins_unless_it_continues()
    {
        var any = new SenderSpec { Wildcards = ["*"] };
        RuleSpec[] rules =
        [
            new("last", "sender", 1) { Sender = any },
            new("older", "sender", 5) { Sender = any },
            new("newer", "sender", 5) { Sender = any },
            new("first", "sender", 9) { Sender = any, Continue = true },
            new("not active", "sender", 99) { Sender = any, Active = false },
        ];

        RuleModel.Notifying(rules, Mail).ShouldBe([3, 1]);
    }

    [Fact]
    public void A_tenth_of_the_mails_matches_nothing_and_some_lead_to_two_notifications()
    {
        var counts = EmailKinds.Of(7).Select(kind => RuleModel.Notifying(RuleSet.Of(7), kind).Count).ToList();

        counts.Count.ShouldBe(EmailKinds.Count);
        counts.Count(count => count == 0).ShouldBe(EmailKinds.Count / 10);
        counts.Count(count => count == 2).ShouldBe(3);
        EmailKinds.Of(7).SelectMany(kind => RuleModel.Notifying(RuleSet.Of(7), kind)).Distinct().Order()
            .ShouldBe(Enumerable.Range(0, 10).Except([8]));
    }

    [Fact]
    public void Every_user_gets_every_kind_of_mail()
    {
        var seen = Enumerable.Range(0, 100 * EmailKinds.Count).Select(number => EmailSource.Of(number, 100)).Distinct().Count();

        seen.ShouldBe(100 * EmailKinds.Count);
    }
}
