namespace Switchboard.Core.Rules;

/// <summary>The conditions of a rule on the sender, made ready.</summary>
internal sealed class SenderMatcher(SenderRules rules)
{
    private readonly SenderSet _included = SenderSet.Included(rules);
    private readonly SenderSet _excluded = SenderSet.Excluded(rules);

    public bool IsEmpty => _included.IsEmpty && _excluded.IsEmpty;

    /// <summary>Whether the sender is one that the rule is for; the reasons only for one who wants them.</summary>
    public bool Matches(PreparedMessage message, List<string>? reasons)
    {
        if (_excluded.Find(message.Sender) is { } exclusion)
        {
            reasons?.Add($"The sender {message.Sender.Address} is excluded by '{exclusion}'.");
            return false;
        }

        if (_included.IsEmpty)
        {
            reasons?.Add($"The sender {message.Sender.Address} is not excluded.");
            return true;
        }

        var entry = _included.Find(message.Sender);
        reasons?.Add(entry is null
            ? $"The sender {message.Sender.Address} is none of those of the rule."
            : $"The sender {message.Sender.Address} matches '{entry}'.");
        return entry is not null;
    }
}
