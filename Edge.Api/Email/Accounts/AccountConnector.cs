using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Providers.OAuth;
using Switchboard.Core.Security;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>A mailbox that its provider confirmed the user may read.</summary>
/// <param name="UserId">The user that it is connected for.</param>
/// <param name="Provider">Of which provider.</param>
/// <param name="Address">Its address, as the provider says.</param>
/// <param name="RefreshToken">What its account holder granted.</param>
/// <param name="Tracking">What is to be tracked, if that was said, as JSON.</param>
/// <param name="DefaultTracking">What is tracked of a new one if it was not.</param>
internal sealed record AuthorizedMailbox(
    Guid UserId, OAuthProvider Provider, string Address, string RefreshToken, string? Tracking, string? DefaultTracking);

/// <summary>What was written of it, and what follows the commit.</summary>
internal sealed record ConnectedMailbox(AccountResponse Account, IReadOnlyCollection<OutgoingJob> Staged);

/// <summary>
/// Connects a mailbox that its provider has confirmed, within the caller's transaction, and only there is an address claimed. Its first
/// reading asks the provider to tell of changes; the user is told, so that nothing is connected to them without their knowing.
/// </summary>
internal sealed class AccountConnector(
    NotificationStore notifications, JobOutbox outbox, SecretProtector secrets, AccountCache cache, TimeProvider timeProvider)
{
    /// <summary>Writes it, or its user's own once more; null when it is not to be had.</summary>
    public async Task<ConnectedMailbox?> WriteAsync(
        NpgsqlTransaction transaction, AuthorizedMailbox mailbox, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        if (await AccountStore.ConnectAsync(transaction, mailbox, now, cancellationToken) is not { } account)
            return null;

        var grant = secrets.Protect(
            mailbox.RefreshToken, SecretColumn.RefreshToken(mailbox.Provider.RefreshTokenPurpose), account.Id);
        await AccountStore.SetTokenAsync(transaction, account.Id, mailbox.UserId, grant, cancellationToken);
        var phone = await NotificationStore.FindVerifiedPhoneAsync(transaction, mailbox.UserId, cancellationToken);
        var created = await notifications.CreateAsync(
            transaction.Connection!, transaction, phone is null ? [] : [Notice(account, mailbox, phone)],
            [new(ReadNow(account.Provider, account.Id, account.Address, now))], grant: null, cancellationToken);
        return new(account, created.Jobs);
    }

    /// <summary>What is done after the commit, when no connection is held; also when the caller has gone.</summary>
    public async Task FollowUpAsync(Guid userId, ConnectedMailbox connected)
    {
        await cache.ForgetAsync(userId, connected.Account.Id);
        await outbox.FlushAsync(connected.Staged, CancellationToken.None);
    }

    /// <summary>The job that reads a mailbox from now on.</summary>
    public static IJob ReadNow(string provider, Guid id, string address, DateTimeOffset now) => provider == MailProviders.Gmail
        ? new SyncMailbox(Guid.CreateVersion7(now), address, null)
        : new FollowAccount(Guid.CreateVersion7(now), id);

    private static NotificationDraft Notice(AccountResponse account, AuthorizedMailbox mailbox, string phone) => new(
        mailbox.UserId,
        Channels.WhatsApp,
        phone,
        $"{account.Address} was connected to your Switchboard account, and its mail is read. If you did not want that, disconnect it.",
        JobPriority.High,
        NotificationSource.Account(account.Id));
}
