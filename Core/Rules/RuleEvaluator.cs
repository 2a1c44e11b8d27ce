using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Switchboard.Core.Rules;

/// <summary>
/// Which rules a message meets. Rules are evaluated by priority, highest first, among equals the older first; the first that matches ends
/// the search unless it says continue.
/// </summary>
public static class RuleEvaluator
{
    /// <summary>The order in which rules are evaluated.</summary>
    public static IOrderedEnumerable<Rule> InOrder(IEnumerable<Rule> rules) =>
        rules.OrderByDescending(rule => rule.Priority).ThenBy(rule => rule.CreatedAt).ThenBy(rule => rule.Id);

    /// <summary>The rules that lead to a notification for this message, in their order.</summary>
    public static IReadOnlyList<Rule> Matches(CompiledRules rules, ReceivedMessage message)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(message);
        List<Rule>? matches = null;
        var prepared = rules.Prepare(message);
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

    /// <summary>What each rule says of this message and why, in the order in which they are evaluated, also of those that are not
    /// active.</summary>
    public static IReadOnlyList<RuleVerdict> Evaluate(IReadOnlyList<Rule> rules, ReceivedMessage message) =>
        Evaluate(CompiledRules.OfAll(rules), another: null, message);

    /// <summary>The same of rules that are made ready already, and of one more among them.</summary>
    public static IReadOnlyList<RuleVerdict> Evaluate(CompiledRules rules, Rule? another, ReceivedMessage message)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(message);
        var candidates = rules.With(message);
        if (another is not null)
        {
            var both = candidates.Concat(CompiledRules.OfAll([another]).With(message)).ToDictionary(one => one.Compiled.Rule);
            candidates = InOrder(both.Keys).Select(rule => both[rule]);
        }

        var verdicts = new List<RuleVerdict>();
        Rule? last = null;
        foreach (var (compiled, prepared) in candidates)
        {
            var rule = compiled.Rule;
            var reasons = new List<string>();
            var matches = compiled.Matches(prepared, reasons);
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

/// <summary>What a rule says of a message.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Matches">Whether its conditions hold.</param>
/// <param name="Reasons">Why, or why not: a sentence for each condition, for a person to read.</param>
/// <param name="Applied">Whether it would lead to a notification: it matches, is active, and no rule before it ended the search.</param>
public sealed record RuleVerdict(Rule Rule, bool Matches, IReadOnlyList<string> Reasons, bool Applied);

/// <summary>
/// The active rules of a user in the order in which they are evaluated, made ready: sets and searches are built once for all messages.
/// Safe for use by several threads.
/// </summary>
public sealed class CompiledRules
{
    private const int BytesOfRule = 1_000;
    private const int BytesOfEntry = 200;

    private readonly CompiledRule[] _rules;
    private readonly PhraseIndex _phrases;

    /// <summary>Makes rules ready; those that are not active are left out.</summary>
    public CompiledRules(IEnumerable<Rule> rules)
        : this(RuleEvaluator.InOrder(rules.Where(rule => rule.Active)))
    {
    }

    private CompiledRules(IOrderedEnumerable<Rule> rules)
    {
        var phrases = new PhraseNumbers();
        _rules = [.. rules.Select(rule => new CompiledRule(rule, phrases))];
        _phrases = phrases.ToIndex();
    }

    /// <summary>How many there are: as many notifications a message leads to at most.</summary>
    public int Count => _rules.Length;

    internal ReadOnlySpan<CompiledRule> Rules => _rules;

    /// <summary>
    /// Whether a rule whose sender a message meets looks at its text or attachments, or shows the text: else the message need not be read
    /// further than its sender and subject.
    /// </summary>
    public bool NeedContent(ReceivedMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var prepared = Prepare(message);
        return Array.Exists(_rules, rule => rule.NeedsContent(prepared));
    }

    /// <summary>What a rule takes: its texts as records and as phrases, a state for each letter of a phrase, and the objects.</summary>
    public static long BytesOf(Rule rule) =>
        BytesOfRule + (sizeof(char) * (rule.Name.Length + rule.Template.Length))
        + rule.Content.AnyOf.Concat(rule.Content.AllOf).Concat(rule.Content.NoneOf).Concat(rule.Sender.Addresses).Concat(rule.Sender.Domains)
            .Concat(rule.Sender.Wildcards).Concat(rule.Sender.Exclusions)
            .Sum(entry => BytesOfEntry + ((2L * sizeof(char)) + PhraseIndex.BytesOfLetter) * entry.Length);

    /// <summary>Makes rules ready, also those that are not active.</summary>
    public static CompiledRules OfAll(IEnumerable<Rule> rules) => new(RuleEvaluator.InOrder(rules));

    /// <summary>Each of them with a message that is made ready for all.</summary>
    internal IEnumerable<(CompiledRule Compiled, PreparedMessage Message)> With(ReceivedMessage message)
    {
        var prepared = Prepare(message);
        return _rules.Select(rule => (rule, prepared));
    }

    internal PreparedMessage Prepare(ReceivedMessage message) => new(message, _phrases);
}

/// <summary>
/// A rule made ready. A part without conditions restricts nothing; a rule whose type looks only at parts without any matches
/// nothing: a form left empty must not send every mail and SMS.
/// </summary>
internal sealed class CompiledRule
{
    private readonly SenderMatcher? _sender;
    private readonly ContentMatcher? _content;

    public CompiledRule(Rule rule, PhraseNumbers phrases)
    {
        Rule = rule;
        _sender = rule.Type != RuleType.Content && new SenderMatcher(rule.Sender) is { IsEmpty: false } sender ? sender : null;
        _content = rule.Type != RuleType.Sender && new ContentMatcher(rule.Content, phrases) is { IsEmpty: false } content ? content : null;
    }

    public Rule Rule { get; }

    /// <summary>Whether more than the sender and the subject of a message says if it matches, or is shown when it does.</summary>
    public bool NeedsContent(PreparedMessage message) =>
        (_sender is not null || _content is not null)
        && (_sender?.Matches(message, reasons: null) ?? true)
        && (_content?.LooksBeyondSubject == true || MessageTemplate.ShowsText(Rule.Template));

    public bool Matches(PreparedMessage message, List<string>? reasons = null)
    {
        if (_sender is null && _content is null)
        {
            reasons?.Add("The rule has no condition, so it matches nothing.");
            return false;
        }

        var bySender = _sender?.Matches(message, reasons) ?? true;
        return (bySender || reasons is not null) && (_content?.Matches(message, reasons) ?? true) && bySender;
    }
}

/// <summary>
/// The rules of a user as a cache keeps them: as records outside of the process, made ready once inside of it (a cache may hand out
/// the same instance again, since nothing in it changes).
/// </summary>
/// <param name="rules">The active rules.</param>
[ImmutableObject(true)]
public sealed class UserRules(IReadOnlyList<Rule> rules)
{
    private readonly Lazy<CompiledRules> _compiled = new(() => new CompiledRules(rules));

    /// <summary>The active rules.</summary>
    public IReadOnlyList<Rule> Rules { get; } = rules;

    /// <summary>How much memory they take when they are made ready, at most about.</summary>
    [JsonIgnore]
    public long Bytes { get; } = rules.Sum(CompiledRules.BytesOf);

    /// <summary>The same, made ready.</summary>
    [JsonIgnore]
    public CompiledRules Compiled => _compiled.Value;
}
