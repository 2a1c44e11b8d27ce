using Switchboard.Core.Rules;

namespace Switchboard.Tests.Unit.Rules;

public sealed class RuleOrderTests
{
    private static readonly ContentRules Matching = Some.Content(anyOf: ["invoice"]);
    private static readonly ContentRules Other = Some.Content(anyOf: ["refund"]);

    [Fact]
    public void The_highest_priority_is_asked_first_and_ends_the_search() =>
        Applied(
            Some.Rule(content: Matching, name: "low", priority: 1),
            Some.Rule(content: Matching, name: "high", priority: 9)).ShouldBe(["high"]);

    [Fact]
    public void Among_equals_the_older_is_asked_first() =>
        Applied(
            Some.Rule(content: Matching, name: "younger", createdMinute: 5),
            Some.Rule(content: Matching, name: "older", createdMinute: 1)).ShouldBe(["older"]);

    [Fact]
    public void A_rule_that_says_continue_lets_the_next_be_asked() =>
        Applied(
            Some.Rule(content: Matching, name: "first", priority: 9, goOn: true),
            Some.Rule(content: Other, name: "no match", priority: 8),
            Some.Rule(content: Matching, name: "second", priority: 7),
            Some.Rule(content: Matching, name: "never asked", priority: 6)).ShouldBe(["first", "second"]);

    [Fact]
    public void A_rule_that_is_not_active_neither_applies_nor_ends_the_search() =>
        Applied(
            Some.Rule(content: Matching, name: "off", priority: 9, active: false),
            Some.Rule(content: Matching, name: "on", priority: 1)).ShouldBe(["on"]);

    [Fact]
    public void Nothing_applies_where_nothing_matches() => Applied(Some.Rule(content: Other)).ShouldBeEmpty();

    [Fact]
    public void The_dry_run_says_why_each_rule_does_or_does_not_apply()
    {
        Rule[] rules =
        [
            Some.Rule(Some.Senders(domains: ["acme.test"]), Some.Content(anyOf: ["invoice", "bill"], noneOf: ["draft"]), name: "1", priority: 5),
            Some.Rule(Some.Senders(domains: ["acme.test"], exclusions: ["billing@*"]), name: "2", priority: 4),
            Some.Rule(content: Matching, name: "3", priority: 3),
            Some.Rule(content: Some.Content(allOf: ["invoice", "refund"], attachment: true), name: "4", priority: 2),
            Some.Rule(content: Matching, name: "5", priority: 1, active: false),
        ];

        var verdicts = RuleEvaluator.Evaluate(rules, Some.Mail("Acme <billing@acme.test>"));

        verdicts.Select(verdict => (verdict.Matches, verdict.Applied))
            .ShouldBe([(true, true), (false, false), (true, false), (false, false), (true, false)]);
        verdicts.Select(verdict => string.Join(" ", verdict.Reasons)).ShouldBe(
        [
            "The sender billing@acme.test matches 'acme.test'. Found in the subject or text: 'invoice'. None of the words of noneOf is in the subject or text.",
            "The sender billing@acme.test is excluded by 'billing@*'.",
            "Found in the subject or text: 'invoice'. The rule '1' matched before and ends the search.",
            "The mail has no attachment, and the rule wants one. Words of allOf missing in the subject or text: 'refund'.",
            "Found in the subject or text: 'invoice'. The rule is not active.",
        ]);
    }

    [Fact]
    public void The_fast_way_and_the_dry_run_agree_on_rules_and_mails_of_all_kinds()
    {
        var random = new Random(7);
        string[] words = ["invoice", "refund", "urgent", "счёт", "🔥"];
        string[] senders = ["a@acme.test", "b@mail.acme.test", "c@other.test"];
        for (var round = 0; round < 500; round++)
        {
            var rules = Enumerable.Range(0, 8).Select(n => Some.Rule(
                Some.Senders(Pick(senders), Pick(["acme.test", "test"]), Pick(["*@mail.*", "c@*"]), Pick(["other.test", "a@*", "b@mail.acme.test"])),
                Some.Content(Pick(words), Pick(words), Pick(words), (ContentScope)random.Next(3), random.Next(3) switch { 0 => true, 1 => false, _ => null }),
                (RuleType)random.Next(3), $"{n}", random.Next(3), random.Next(5) > 0, random.Next(2) == 0, n)).ToArray();
            var mail = Some.Mail(senders[random.Next(3)], string.Join(' ', Pick(words)), string.Join(' ', Pick(words)), random.Next(2) == 0);

            RuleEvaluator.Matches(new CompiledRules(rules), mail).ShouldBe(
                RuleEvaluator.Evaluate(rules, mail).Where(verdict => verdict.Applied).Select(verdict => verdict.Rule));
        }

        string[] Pick(string[] from) => [.. from.Where(_ => random.Next(from.Length) == 0)];
    }

    private static string[] Applied(params Rule[] rules)
    {
        var mail = Some.Mail();
        var applied = RuleEvaluator.Matches(new CompiledRules(rules), mail).Select(rule => rule.Name).ToArray();
        RuleEvaluator.Evaluate(rules, mail).Where(verdict => verdict.Applied).Select(verdict => verdict.Rule.Name).ShouldBe(applied);
        // one of them beside the others, as one that is not saved yet
        foreach (var another in rules)
            RuleEvaluator.Evaluate(CompiledRules.OfAll(rules.Where(rule => rule != another)), another, mail)
                .Where(verdict => verdict.Applied).Select(verdict => verdict.Rule.Name).ShouldBe(applied);
        return applied;
    }
}
