namespace Switchboard.Load.Tracked;

/// <summary>What there is to ask for: found in the lists before the load.</summary>
/// <param name="Accounts">Accounts with tracked mails, those with the most recent ones first.</param>
/// <param name="Syncable">Accounts that a sync can be begun of.</param>
/// <param name="Recipients">Addresses that mails went to.</param>
/// <param name="Words">Words of their subjects.</param>
/// <param name="From">When the first of them was sent.</param>
/// <param name="To">When the last one was.</param>
internal sealed record TrackedSample(
    IReadOnlyList<Guid> Accounts,
    IReadOnlyList<Guid> Syncable,
    IReadOnlyList<string> Recipients,
    IReadOnlyList<string> Words,
    DateTimeOffset From,
    DateTimeOffset To);
