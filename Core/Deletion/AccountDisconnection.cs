using Npgsql;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Deletion;

/// <summary>End the subscription, the watch and the grant of an account that was disconnected, a row in <c>account_endings</c>.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="AccountId">The account that is not there any more.</param>
public sealed record EndAccount(Guid Id, Guid AccountId) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("end-account", 1, JobWorker.Ingest, JobPriority.Low);

    /// <summary>Stops nothing: what has ended ends no second time, and then the row is gone.</summary>
    public string IdempotencyKey => $"end-account:{AccountId}";
}

/// <summary>
/// Disconnects accounts. In the caller's transaction the account is gone, with its syncs and requests, and what is left to
/// do is kept: what to end at the provider as a row, and the jobs that do that and delete what came of its mail. Whatever dies after
/// the commit, they are done.
/// </summary>
public static class AccountDisconnection
{
    private const string Sql =
        """
        WITH gone AS (
            DELETE FROM mailboxes
            WHERE user_id = $1 AND ($2::uuid IS NULL OR id = $2) AND ($3::text IS NULL OR provider = $3)
            RETURNING id, user_id, provider, address, refresh_token)
        INSERT INTO account_endings (account_id, user_id, provider, address, refresh_token, subscription_id, created_at)
        SELECT gone.id, gone.user_id, gone.provider, gone.address, gone.refresh_token, graph.subscription_id, $4
        FROM gone LEFT JOIN graph_mailboxes AS graph ON graph.mailbox_id = gone.id
        RETURNING account_id, address
        """;

    /// <summary>Disconnects an account of a user, or all of them.</summary>
    /// <param name="transaction">The caller's transaction; it waits for those that record mail of the account.</param>
    /// <param name="userId">The user whose accounts they are.</param>
    /// <param name="accountId">Which; null for all.</param>
    /// <param name="provider">Of which provider it must be; null for any.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Ends it; then they are still there.</param>
    public static async Task<DisconnectedAccounts> RunAsync(
        NpgsqlTransaction transaction, Guid userId, Guid? accountId, string? provider, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var gone = await transaction.Command(Sql, userId, accountId, provider, now)
            .ListAsync(row => (Id: row.GetGuid(0), Address: row.GetString(1)), cancellationToken);
        return new(
            [.. gone.Select(account => account.Id)],
            [.. gone.Select(account => account.Address)],
            [
                .. gone.SelectMany(account => new OutgoingJob[]
                {
                    new(new EndAccount(Guid.CreateVersion7(now), account.Id)),
                    new(new DeleteAccountData(Guid.CreateVersion7(now), account.Id)),
                }),
            ]);
    }
}

/// <summary>Accounts that are gone.</summary>
/// <param name="Ids">Their ids.</param>
/// <param name="Addresses">Their addresses.</param>
/// <param name="Jobs">What is still to be done: for <see cref="JobOutbox.CommitAsync"/>.</param>
public sealed record DisconnectedAccounts(Guid[] Ids, string[] Addresses, OutgoingJob[] Jobs);
