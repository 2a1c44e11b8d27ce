namespace Switchboard.Core.Rules;

/// <summary>
/// Which rules a message meets. Rules are asked by priority, highest first, among equals the older first; the first that matches ends
/// the search unless it says continue.
/// </summary>
public static class RuleEvaluator
{
    /// <summary>The order in which rules are asked.</summary>
    public static IEnumerable<Rule> InOrder(IEnumerable<Rule> rules) =>
        rules.OrderByDescending(rule => rule.Priority).ThenBy(rule => rule.CreatedAt).ThenBy(rule => rule.Id);

    /// <summary>The rules that lead to a notification for this message, in their order.</summary>
    public static IReadOnlyList<Rule> Matches(CompiledRules rules, ReceivedMessage message)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(message);
        List<Rule>? matches = null;
        var prepared = new PreparedMessage(message);
        foreach (var rule in rules.Rules)
        {
            if (!rule.Matches(prepared))
                continue;
            (matches ??= []).Add(rule.Rule);
            if (!rule.Rule.Continue)
                break;
        }

        return matches ?? (IReadOnlyList<Rule>)[];
    }

    /// <summary>What each rule says of this message and why, in the order in which they are asked, also of those that are not active.</summary>
    public static IReadOnlyList<RuleVerdict> Evaluate(IReadOnlyList<Rule> rules, ReceivedMessage message)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(message);
        var prepared = new PreparedMessage(message);
        var verdicts = new List<RuleVerdict>(rules.Count);
        Rule? last = null;
        foreach (var rule in InOrder(rules))
        {
            var reasons = new List<string>();
            var matches = new CompiledRule(rule).Matches(prepared, reasons);
            var applied = matches && rule.Active && last is null;
            if (!rule.Active)
                reasons.Add("The rule is not active.");
            else if (matches && last is not null)
                reasons.Add($"The rule '{last.Name}' matched before and ends the search.");
            if (applied && !rule.Continue)
                last = rule;
            verdicts.Add(new(rule, matches, reasons, applied));
        }

        return verdicts;
    }
}
