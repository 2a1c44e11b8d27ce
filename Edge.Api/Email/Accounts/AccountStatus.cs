namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>How an account stands, as stored and shown.</summary>
internal static class AccountStatus
{
    /// <summary>Its mail is read.</summary>
    public const string Active = "active";

    /// <summary>Its user wants it not to be read for now.</summary>
    public const string Paused = "paused";

    /// <summary>Its owner took the permission back, or it ended: it must be connected again.</summary>
    public const string Revoked = "revoked";

    /// <summary>Why nothing of its mail can be asked for, and what to do; null when it is active.</summary>
    public static string? Refusal(string status) => status switch
    {
        Active => null,
        Paused => "The account is paused. Set its status to active at PATCH /api/accounts/email/{id}.",
        _ => "The permission to read this mailbox was taken back or has ended. Connect it again at POST /api/accounts/email.",
    };
}
