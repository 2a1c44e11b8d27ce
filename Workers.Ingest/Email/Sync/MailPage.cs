namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Some of what is new in a mailbox.</summary>
/// <param name="Ids">The provider's ids of the messages.</param>
/// <param name="SafeUpTo">The history id up to which everything is known once these messages are safe; null if that is not to be said yet.</param>
/// <param name="Since">Mail received before is not looked at; null where the history says that it is new.</param>
internal sealed record MailPage(IReadOnlyList<string> Ids, ulong? SafeUpTo, DateTimeOffset? Since);
