using Switchboard.Edge.Api.Email.Accounts;

namespace Switchboard.Edge.Api.Email.Syncs;

/// <summary>Whether the mail of an account can be read now. A pure decision.</summary>
internal static class SyncRefusal
{
    /// <summary>Why its past cannot be read, and what to do; null when it can.</summary>
    public static string? Of(string status, bool isTracked) =>
        AccountStatus.Refusal(status) ?? (isTracked ? null : "Nothing of this account is tracked. Set its tracking first: PATCH /api/accounts/email/{id}.");
}
