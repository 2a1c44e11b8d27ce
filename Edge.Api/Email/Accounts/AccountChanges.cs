namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>Tells every process that an account is another now: what the caches hold of it is asked for again.</summary>
internal sealed class AccountChanges(AccountBook book, AccountTokens tokens, MailboxTokens gmailTokens)
{
    /// <summary>To be called after the commit; it is not to be given up when the one who asked is gone.</summary>
    public async ValueTask AnnounceAsync(Guid userId, Guid accountId)
    {
        await book.ForgetAsync(userId, CancellationToken.None);
        await tokens.ForgetAsync(accountId, CancellationToken.None);
        await gmailTokens.ForgetAsync(accountId, CancellationToken.None);
    }
}
