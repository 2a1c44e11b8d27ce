namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>What a change of an account's status comes to. Pure decisions.</summary>
internal static class AccountChange
{
    /// <summary>Why its status cannot be that, and what to do; null when it can.</summary>
    public static string? Refusal(string current, string? wanted) => current == AccountStatus.Revoked && wanted is not null
        ? "The permission to read this mailbox was taken back or has ended. Connect it again, at POST /api/accounts/email; of Gmail, at POST /api/mailboxes."
        : null;

    /// <summary>Whether it is to be followed from now on.</summary>
    public static bool Resumes(string current, string? wanted) => current == AccountStatus.Paused && wanted == AccountStatus.Active;

    /// <summary>Whether what is done with it ends for now.</summary>
    public static bool Pauses(string current, string? wanted) => current == AccountStatus.Active && wanted == AccountStatus.Paused;
}
