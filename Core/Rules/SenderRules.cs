namespace Switchboard.Core.Rules;

/// <summary>
/// Which senders match: any of the addresses, domains or wildcards, unless an exclusion names them. Stored in lower case.
/// </summary>
/// <param name="Addresses">Whole addresses, or numbers in E.164: <c>billing@acme.test</c>, <c>+15550100001</c>.</param>
/// <param name="Domains">Domains and what is below them: <c>acme.test</c> matches <c>mail.acme.test</c> too.</param>
/// <param name="Wildcards">Patterns over the whole address, <c>*</c> for any run of characters, <c>?</c> for one: <c>*@*.bank.test</c>, <c>+1555*</c>.</param>
/// <param name="Exclusions">Addresses, numbers, domains (<c>acme.test</c>) or patterns that never match.</param>
public sealed record SenderRules(
    IReadOnlyList<string> Addresses,
    IReadOnlyList<string> Domains,
    IReadOnlyList<string> Wildcards,
    IReadOnlyList<string> Exclusions)
{
    /// <summary>No condition at all.</summary>
    public static SenderRules None { get; } = new([], [], [], []);
}
