using Switchboard.Core.Rules;

namespace Switchboard.Edge.Api.Rules;

/// <summary>Conditions on the sender as they are written: any list may be left out.</summary>
internal sealed class SenderConditions
{
    public IReadOnlyList<string?>? Addresses { get; init; }

    public IReadOnlyList<string?>? Domains { get; init; }

    public IReadOnlyList<string?>? Wildcards { get; init; }

    public IReadOnlyList<string?>? Exclusions { get; init; }

    /// <summary>Whether any sender could match; exclusions alone match nobody.</summary>
    internal bool HasConditions => Addresses is { Count: > 0 } || Domains is { Count: > 0 } || Wildcards is { Count: > 0 };

    internal SenderRules ToRules() => new(
        Phrases.Normal(Addresses), Phrases.Normal(Domains, domain => domain.TrimStart('@').Trim('.')), Phrases.Normal(Wildcards),
        Phrases.Normal(Exclusions));
}
