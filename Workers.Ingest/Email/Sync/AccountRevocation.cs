using System.Security.Cryptography;
using Microsoft.Extensions.Caching.Hybrid;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Notifications;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>
/// Notes that a user has taken their consent back, or that it has expired: the account says so, its sync stands still, and one
/// notification goes to the user of an account that is tracked. All of it once for a grant: only who finds the account active, and with
/// the very refresh token that was not taken, does anything; a user who has connected it again meanwhile is not thrown out again.
/// </summary>
internal sealed partial class AccountRevocation(
    NpgsqlDataSource dataSource,
    NotificationStore notifications,
    JobOutbox outbox,
    HybridCache cache,
    IngestMetrics metrics,
    TimeProvider timeProvider,
    ILogger<AccountRevocation> logger)
{
    /// <summary>The namespace under which the edge keeps which accounts a user has: keys <c>account-verification:{user}</c>.</summary>
    public const string VerificationNamespace = "account-verification";

    /// <summary>Revokes an account.</summary>
    /// <param name="account">Which.</param>
    /// <param name="failure">What the provider said, with the refresh token that was not taken.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task RevokeAsync(Guid account, ProviderFailure failure, CancellationToken cancellationToken)
    {
        var grant = failure.Grant ?? throw new ArgumentException("It names no grant.", nameof(failure));
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var revoked = await transaction.Command(
            """
            UPDATE mailboxes SET status = 'revoked', status_reason = $3
            WHERE id = $1 AND refresh_token = $2 AND status = 'active'
            RETURNING user_id, address, tracking::text
            """,
            account, grant, StorableText.From(failure.Error)).FirstAsync(Revoked.Read, cancellationToken);
        if (revoked is null)
            return;
        await transaction.Command(
            "UPDATE mail_syncs SET state = 'paused', updated_at = $2 WHERE account_id = $1 AND state IN ('queued', 'running')",
            account, timeProvider.GetUtcNow()).RunAsync(cancellationToken);
        // it ended with the grant; who connects again gets another one
        await transaction.Command(
            "UPDATE graph_mailboxes SET subscription_id = NULL, subscription_expires_at = NULL WHERE mailbox_id = $1", account)
            .RunAsync(cancellationToken);

        var created = await NotifyAsync(transaction, account, grant, revoked, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await connection.CloseAsync();
        await cache.RemoveAsync($"{VerificationNamespace}:{revoked.UserId}", cancellationToken);
        metrics.Synced("revoked");
        metrics.Notified(created.Ids.Count);
        Log.Revoked(logger, account, failure);
        await outbox.FlushAsync(created.Jobs, cancellationToken);
    }

    /// <summary>To whom it is told: as reminders are, else to a verified phone; null for nobody.</summary>
    internal static (string Channel, string Recipient)? Recipient(TrackingPolicy policy, string? phone) =>
        policy.FollowUp is { } followUp ? (followUp.Channel, followUp.Recipient)
        : phone is not null ? ("whatsapp", phone)
        : null;

    private async Task<CreatedNotifications> NotifyAsync(
        NpgsqlTransaction transaction, Guid account, byte[] grant, Revoked revoked, CancellationToken cancellationToken)
    {
        if (revoked.Policy is null)
            return new([], []);
        var phone = await NotificationStore.FindVerifiedPhoneAsync(transaction, revoked.UserId, cancellationToken);
        if (Recipient(revoked.Policy, phone) is not { } to)
            return new([], []);
        var notification = new NotificationDraft(
            revoked.UserId,
            to.Channel,
            to.Recipient,
            $"{revoked.Address} is not tracked any more: its permission has expired or was taken back. Connect it again to go on where it stopped.",
            JobPriority.High,
            NotificationSource.Tracking(account),
            NotificationKeys.Revocation(account, Convert.ToHexStringLower(SHA256.HashData(grant))));
        return await notifications.CreateAsync(transaction.Connection!, transaction, [notification], [], grant: null, cancellationToken);
    }

    private sealed record Revoked(Guid UserId, string Address, TrackingPolicy? Policy)
    {
        public static Revoked Read(NpgsqlDataReader row) =>
            new(row.GetGuid(0), row.GetString(1), row.Text(2) is { } policy ? TrackingJson.Read(policy) : null);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Mailbox {MailboxId} cannot be read any more: {Reason}")]
        public static partial void Revoked(ILogger logger, Guid mailboxId, Redacted reason);
    }
}
