using Switchboard.Edge.Api.Accounts;

namespace Switchboard.Edge.Api.EmailSyncs;

/// <summary>Whether the mail of an account can be read now. A pure decision.</summary>
internal static class SyncRefusal
{
    /// <summary>Why its past cannot be read, and what to do; null when it can.</summary>
    public static string? Of(KnownAccount account) => account.Provider == AccountProvider.Gmail
        ? "The past of a mailbox of Gmail is not read: its mail is tracked from when its tracking was turned on."
        : AccountStatus.Refusal(account.Status);
}
