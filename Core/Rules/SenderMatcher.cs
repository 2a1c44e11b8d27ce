using Switchboard.Core.Email;

namespace Switchboard.Core.Rules;

/// <summary>Who sent a message, as rules see it: canonical (<see cref="MailAddress"/>), without a display name.</summary>
/// <param name="Address">The whole address; empty when there is none.</param>
/// <param name="Domain">What follows its last <c>@</c>; empty when there is none.</param>
public readonly record struct SenderAddress(string Address, string Domain)
{
    /// <summary>
    /// Reads a From header: <c>a@b.test</c>, <c>Name &lt;a@b.test&gt;</c>, <c>"Doe, J. &lt;x@y.test&gt;" &lt;a@b.test&gt;</c>, with
    /// comments anywhere. Of several senders it is the first. What does not look like an address at all, such as the number of an SMS,
    /// is taken as it stands, so that a rule may still name it; what only looks like one is nobody.
    /// </summary>
    public static SenderAddress Parse(string from)
    {
        ArgumentNullException.ThrowIfNull(from);
        if (!from.Contains('@', StringComparison.Ordinal))
            return new(Bare(from).Trim().ToLowerInvariant(), "");
        var addresses = MailAddress.ReadAll(from);
        return addresses.Count > 0 ? new(addresses[0], MailAddress.DomainOf(addresses[0])) : new("", "");
    }

    private static string Bare(string from) =>
        from.LastIndexOf('<') is var open and >= 0 ? from[(open + 1)..].Split('>')[0] : from;
}

/// <summary>The conditions of a rule on the sender, made ready.</summary>
internal sealed class SenderMatcher(SenderRules rules)
{
    private readonly SenderSet _included = SenderSet.Included(rules);
    private readonly SenderSet _excluded = SenderSet.Excluded(rules);

    public bool IsEmpty => _included.IsEmpty && _excluded.IsEmpty;

    /// <summary>Whether the sender is one that the rule is for; the reasons only if they are wanted.</summary>
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

/// <summary>Addresses, domains and patterns, prepared to match senders.</summary>
internal sealed class SenderSet
{
    private readonly HashSet<string> _addresses;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _domains;
    private readonly AddressPattern[] _patterns;

    private SenderSet(IEnumerable<string> addresses, IEnumerable<string> domains, IEnumerable<string> patterns)
    {
        _addresses = [.. addresses.Select(MailAddress.Canonical)];
        _domains = domains.ToHashSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        _patterns = [.. patterns.Select(pattern => new AddressPattern(pattern))];
    }

    public bool IsEmpty => _addresses.Count == 0 && _domains.Set.Count == 0 && _patterns.Length == 0;

    /// <summary>Whom a rule is for.</summary>
    public static SenderSet Included(SenderRules rules) =>
        new(Clean(rules.Addresses), Clean(rules.Domains).Select(DomainOf), Clean(rules.Wildcards));

    /// <summary>Whom a rule is not for: each exclusion is an address or number, a domain or a pattern, by its looks.</summary>
    public static SenderSet Excluded(SenderRules rules)
    {
        var byLooks = Clean(rules.Exclusions).ToLookup(entry =>
            entry.AsSpan().ContainsAny('*', '?') ? 'p' : entry.LastIndexOf('@') > 0 || entry[0] == '+' ? 'a' : 'd');
        return new(byLooks['a'], byLooks['d'].Select(DomainOf), byLooks['p']);
    }

    /// <summary>The entry that names the sender; null when none does.</summary>
    public string? Find(SenderAddress sender)
    {
        if (_addresses.TryGetValue(sender.Address, out var address))
            return address;
        if (_domains.Set.Count > 0 && FindDomain(sender.Domain) is { } domain)
            return domain;
        foreach (var pattern in _patterns)
            if (pattern.Matches(sender.Address))
                return pattern.Text;
        return null;
    }

    // a.b.test, b.test, test
    private string? FindDomain(ReadOnlySpan<char> domain)
    {
        while (!domain.IsEmpty)
        {
            if (_domains.TryGetValue(domain, out var found))
                return found;
            var dot = domain.IndexOf('.');
            domain = dot < 0 ? [] : domain[(dot + 1)..];
        }

        return null;
    }

    private static IEnumerable<string> Clean(IReadOnlyList<string> entries) =>
        entries.Where(entry => !FoldedText.IsBlank(entry)).Select(entry => FoldedText.WithoutUnseen(entry).Trim().ToLowerInvariant());

    private static string DomainOf(string entry) => MailAddress.CanonicalDomain(entry.TrimStart('@').Trim('.'));
}
