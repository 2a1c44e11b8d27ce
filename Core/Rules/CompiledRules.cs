namespace Switchboard.Core.Rules;

/// <summary>
/// The active rules of a user in the order in which they are asked, made ready: sets and searches are built once for all messages.
/// Safe for use by several threads.
/// </summary>
public sealed class CompiledRules
{
    private readonly CompiledRule[] _rules;

    /// <summary>Makes rules ready; those that are not active are left out.</summary>
    public CompiledRules(IEnumerable<Rule> rules) =>
        _rules = [.. RuleEvaluator.InOrder(rules.Where(rule => rule.Active)).Select(rule => new CompiledRule(rule))];

    internal ReadOnlySpan<CompiledRule> Rules => _rules;
}
