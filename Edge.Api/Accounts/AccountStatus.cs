namespace Switchboard.Edge.Api.Accounts;

/// <summary>How an account stands, as stored and shown.</summary>
internal static class AccountStatus
{
    /// <summary>Its mail is read.</summary>
    public const string Active = "active";

    /// <summary>Its user wants it not to be read for now.</summary>
    public const string Paused = "paused";

    /// <summary>Its owner took the permission back, or it ended: it must be connected again.</summary>
    public const string Revoked = "revoked";
}
