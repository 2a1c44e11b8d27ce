namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>Whose mailbox an account is, as stored and shown.</summary>
internal static class AccountProvider
{
    public const string Gmail = "gmail";

    public const string Microsoft = "microsoft";
}
