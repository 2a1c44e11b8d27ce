namespace Switchboard.Core.Rules;

/// <summary>What a rule says of a message.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Matches">Whether its conditions hold.</param>
/// <param name="Reasons">Why, or why not: a sentence for each condition, for a person to read.</param>
/// <param name="Applied">Whether it would lead to a notification: it matches, is active, and no rule before it ended the search.</param>
public sealed record RuleVerdict(Rule Rule, bool Matches, IReadOnlyList<string> Reasons, bool Applied);
