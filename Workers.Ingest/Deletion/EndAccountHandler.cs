using Switchboard.Core.Deletion;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Workers.Ingest.Deletion;

/// <summary>
/// Ends at their providers what was left of accounts that were disconnected. Each call may be made again: a try that died after it had
/// ended everything finds nothing any more. What a provider does not end in all the tries ends by itself; it keeps no user from being
/// deleted.
/// </summary>
internal sealed partial class EndAccountHandler(AccountEndings endings, AccountGrants grants, ILogger<EndAccountHandler> logger)
    : IJobHandler<EndAccount>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<EndAccount>> batch, CancellationToken cancellationToken) =>
        await Task.WhenAll(batch.Select(delivery => EndAsync(delivery, cancellationToken)));

    private async Task<JobOutcome> EndAsync(JobDelivery<EndAccount> delivery, CancellationToken cancellationToken)
    {
        if (await endings.FindAsync(delivery.Job.AccountId, cancellationToken) is not { } account)
            return JobOutcome.Done;
        var left = await grants.EndAsync(account, cancellationToken);
        if (left is not null && !delivery.IsLastAttempt)
            return JobOutcome.Retry(left);
        if (left is not null)
            Log.GivenUp(logger, account.Provider, left);
        await endings.DeleteAsync(account, cancellationToken);
        return JobOutcome.Done;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error,
            Message = "What {Provider} has of an account that was disconnected was not ended, and ends by itself: {Reason}")]
        public static partial void GivenUp(ILogger logger, Redacted provider, Redacted reason);
    }
}

/// <summary>What is to be ended of an account that was disconnected.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="UserId">Whose it was.</param>
/// <param name="Provider">gmail or microsoft.</param>
/// <param name="Address">Its address.</param>
/// <param name="RefreshToken">Encrypted.</param>
/// <param name="SubscriptionId">Of Graph; null where there was none.</param>
/// <param name="IsConnectedAgain">Whether the same mailbox is connected: then its watch and grant are that one's.</param>
internal sealed record AccountEnding(
    Guid AccountId, Guid UserId, string Provider, string Address, byte[] RefreshToken, string? SubscriptionId, bool IsConnectedAgain);

/// <summary>The rows of <c>account_endings</c>.</summary>
internal sealed class AccountEndings(NpgsqlDataSource dataSource)
{
    private const string FindSql =
        """
        SELECT e.account_id, e.user_id, e.provider, e.address, e.refresh_token, e.subscription_id,
               EXISTS (SELECT FROM mailboxes AS m WHERE m.provider = e.provider AND lower(m.address) = lower(e.address))
        FROM account_endings AS e
        WHERE e.account_id = $1
        """;

    public Task<AccountEnding?> FindAsync(Guid accountId, CancellationToken cancellationToken) =>
        dataSource.Command(FindSql, accountId).FirstAsync(
            row => new AccountEnding(
                row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetFieldValue<byte[]>(4), row.Text(5),
                row.GetBoolean(6)),
            cancellationToken);

    private const string DeleteSql = "DELETE FROM account_endings WHERE account_id = $1 AND user_id = $2";

    /// <summary>All of it has ended.</summary>
    public Task DeleteAsync(AccountEnding account, CancellationToken cancellationToken) =>
        dataSource.Command(DeleteSql, account.AccountId, account.UserId).RunAsync(cancellationToken);
}
