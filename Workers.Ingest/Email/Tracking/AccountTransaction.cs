namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>
/// A transaction that is alone in recording mails of its account, over all processes; and the account is there until its end.
/// <para>Its statements look up by an account and something else, and several indexes begin with the account: where the planner believes
/// that an account has few mails, one is as good as another, and with the wrong one each look-up reads all mails of the account. It
/// believes so as long as the tables are small, and of an account that was not there when it last counted. So each is planned when it runs
/// (nothing here is prepared), and:</para>
/// <list type="bullet">
/// <item>A statement looks up one mail at a time (<c>LATERAL</c> with <c>LIMIT</c> or <c>OFFSET 0</c>): of a join the planner may read the
/// whole account once.</item>
/// <item>It does not know which account it is for (<c>account_id = (SELECT $1)</c>), and takes the average.</item>
/// <item>What is looked up by its id has its account only checked (<c>IS NOT DISTINCT FROM</c>, which no index serves).</item>
/// </list>
/// </summary>
internal sealed class AccountTransaction : IAsyncDisposable
{
    // Of this transaction alone, which looks up by keys only. The planner takes the names of a few hundred mails (names && ...) for a tenth
    // of all received mails as long as they are some thousands, and reads them all for each batch (tests/Ingest/PlanTests).
    private const string PlanSql = "SET LOCAL enable_seqscan = off";

    // who disconnects the account waits for the end, and what is written here is deleted with the rest of it
    private const string HoldSql = "SELECT 1 FROM mailboxes WHERE id = $1 FOR KEY SHARE";

    private AccountTransaction(NpgsqlConnection connection, NpgsqlTransaction transaction, Guid accountId)
    {
        Connection = connection;
        Transaction = transaction;
        AccountId = accountId;
    }

    public NpgsqlConnection Connection { get; }

    public NpgsqlTransaction Transaction { get; }

    public Guid AccountId { get; }

    /// <summary>Begins one, as soon as no other goes on; null when the account is gone.</summary>
    public static async Task<AccountTransaction?> BeginAsync(
        NpgsqlDataSource dataSource, Guid accountId, CancellationToken cancellationToken)
    {
        var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var account = new AccountTransaction(connection, transaction, accountId);
        try
        {
            await using var batch = new NpgsqlBatch(connection, transaction)
            {
                // the lock is a statement by itself: each later one sees what the transaction before it wrote
                BatchCommands = { new(PlanSql), new(AdvisoryLocks.OfAccountMail), new(HoldSql) },
            };
            batch.BatchCommands[1].Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = accountId });
            batch.BatchCommands[2].Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = accountId });
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            // after that of the lock; settings have none
            await reader.NextResultAsync(cancellationToken);
            if (await reader.ReadAsync(cancellationToken))
                return account;
        }
        catch
        {
            await account.DisposeAsync();
            throw;
        }

        await account.DisposeAsync();
        return null;
    }

    /// <summary>A statement whose first parameter is the account.</summary>
    public NpgsqlCommand Command(string sql, params ReadOnlySpan<object?> values) => Transaction.Command(sql, [AccountId, .. values]);

    /// <summary>Runs a statement that finds rows by keys; answers their ids by the keys.</summary>
    public async Task<Dictionary<Guid, Guid>> FindByKeyAsync(string sql, Guid[] keys, CancellationToken cancellationToken)
    {
        if (keys.Length == 0)
            return [];
        var found = await Command(sql, keys).ListAsync(row => (Id: row.GetGuid(0), Key: row.GetGuid(1)), cancellationToken);
        return found.ToDictionary(row => row.Key, row => row.Id);
    }

    public Task CommitAsync(CancellationToken cancellationToken) => Transaction.CommitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }
}
