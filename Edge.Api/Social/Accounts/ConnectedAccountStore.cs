namespace Switchboard.Edge.Api.Social.Accounts;

/// <summary>Which of the user's accounts.</summary>
/// <param name="State">Only those in this state.</param>
/// <param name="Platform">Only those of this platform.</param>
/// <param name="Tag">Only those with this tag.</param>
/// <param name="GroupId">Only those of this group.</param>
internal sealed record AccountFilter(string? State, string? Platform, string? Tag, Guid? GroupId);

/// <summary>A change of an account's state.</summary>
/// <param name="At">When.</param>
/// <param name="State">The state that it came to.</param>
/// <param name="Reason">Why.</param>
internal sealed record AccountStateResponse(DateTimeOffset At, string State, string? Reason);

/// <summary>What decides what may be changed of an account.</summary>
internal sealed record LockedSocialAccount(
    Guid Id, string State, DateTimeOffset? StateUntil, Guid? ProtocolId, DateTimeOffset? WarmupStartedAt, DateTimeOffset? WarmupEndsAt);

/// <summary>Accounts as the API shows and changes them. Each statement names the user.</summary>
internal sealed class ConnectedAccountStore(NpgsqlDataSource dataSource, ReadDatabase database, TimeProvider timeProvider)
{
    private const string FindSql =
        $"SELECT {SocialAccountResponse.Columns} FROM {SocialAccountResponse.Tables} WHERE a.user_id = $1 AND a.id = $2";

    public Task<SocialAccountResponse?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        dataSource.Command(FindSql, userId, id).FirstAsync(Read, cancellationToken);

    /// <summary>An account as the transaction left it.</summary>
    public Task<SocialAccountResponse?> FindAsync(NpgsqlTransaction transaction, Guid userId, Guid id, CancellationToken cancellationToken) =>
        transaction.Command(FindSql, userId, id).FirstAsync(Read, cancellationToken);

    private const string Filtered =
        """
        a.user_id = $1
        AND ($2::text IS NULL OR a.state = $2) AND ($3::text IS NULL OR a.platform = $3)
        AND ($4::text IS NULL OR a.tags @> ARRAY[$4])
        AND ($5::uuid IS NULL OR a.id IN (
            SELECT m.account_id FROM social_group_members AS m WHERE m.user_id = $1 AND m.group_id = $5))
        """;

    // UNIQUE (user_id, id), idx_accounts_user_state, idx_accounts_user_platform, idx_accounts_tags; of what is passed over no groups are read
    internal const string ListSql =
        $"""
        SELECT {SocialAccountResponse.Columns}
        FROM (
            SELECT a.id FROM social_accounts AS a
            WHERE {Filtered} AND ($6::uuid IS NULL OR a.id < $6)
            ORDER BY a.id DESC OFFSET $7 LIMIT $8) AS page
        JOIN ({SocialAccountResponse.Tables}) ON a.user_id = $1 AND a.id = page.id
        ORDER BY a.id DESC
        """;

    public Task<List<SocialAccountResponse>> ListAsync(
        Guid userId, AccountFilter filter, Guid? after, int skip, int take, CancellationToken cancellationToken) =>
        database.ReadAsync(
            userId,
            source => source.Command(ListSql, userId, filter.State, filter.Platform, filter.Tag, filter.GroupId, after, skip, take)
                .ListAsync(Read, cancellationToken),
            cancellationToken);

    private const string CountSql = $"SELECT count(*) FROM (SELECT FROM social_accounts AS a WHERE {Filtered} LIMIT $6) AS counted";

    public async Task<int> CountAsync(Guid userId, AccountFilter filter, int atMost, CancellationToken cancellationToken) =>
        (int)await database.ReadAsync(
            userId,
            source => source.Command(CountSql, userId, filter.State, filter.Platform, filter.Tag, filter.GroupId, atMost)
                .ScalarAsync<long>(cancellationToken),
            cancellationToken);

    private const string HistorySql =
        """
        SELECT s.at, s.state, s.reason FROM social_accounts AS a JOIN social_account_states AS s ON s.account_id = a.id
        WHERE a.user_id = $1 AND a.id = $2 AND ($3::timestamptz IS NULL OR s.at < $3) ORDER BY s.at DESC LIMIT $4
        """;

    /// <summary>How its state has changed, newest first.</summary>
    public Task<List<AccountStateResponse>> HistoryAsync(
        Guid userId, Guid id, DateTimeOffset? before, int take, CancellationToken cancellationToken) =>
        dataSource.Command(HistorySql, userId, id, before, take).ListAsync(
            row => new AccountStateResponse(row.GetFieldValue<DateTimeOffset>(0), row.GetString(1), row.Text(2)), cancellationToken);

    private const string LockSql =
        """
        SELECT id, state, state_until, warmup_protocol_id, warmup_started_at, warmup_ends_at FROM social_accounts
        WHERE user_id = $1 AND id = $2 FOR UPDATE
        """;

    public static Task<LockedSocialAccount?> LockAsync(
        NpgsqlTransaction transaction, Guid userId, Guid id, CancellationToken cancellationToken) =>
        transaction.Command(LockSql, userId, id).FirstAsync(
            row => new LockedSocialAccount(
                row.GetGuid(0), row.GetString(1), row.Nullable<DateTimeOffset>(2), row.Nullable<Guid>(3), row.Nullable<DateTimeOffset>(4),
                row.Nullable<DateTimeOffset>(5)),
            cancellationToken);

    private const string ChangeSql =
        """
        WITH changed AS (
            UPDATE social_accounts AS a SET proxy_id = $3::uuid, warmup_protocol_id = $4::uuid, warmup_started_at = $5::timestamptz,
                warmup_ends_at = $5::timestamptz + (
                    SELECT make_interval(days => sum((step ->> 'days')::int)::int)
                    FROM warmup_protocols AS w, jsonb_array_elements(w.steps) AS step WHERE w.user_id = $1 AND w.id = $4),
                daily_cap = $6::int, tags = $7, updated_at = $8
            WHERE a.user_id = $1 AND a.id = $2
            RETURNING a.warmup_ends_at)
        SELECT warmup_ends_at FROM changed
        """;

    /// <summary>Changes what is set of an account, which is locked; answers when its warm-up ends.</summary>
    public async Task<DateTimeOffset?> ChangeAsync(
        NpgsqlTransaction transaction, Guid userId, Guid id, Guid? proxyId, Guid? protocolId, DateTimeOffset? warmupStartedAt, int? dailyCap,
        IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        var changed = await transaction.Command(
            ChangeSql, userId, id, proxyId, protocolId, warmupStartedAt, dailyCap, tags.ToArray(), timeProvider.GetUtcNow())
            .ListAsync(row => row.Nullable<DateTimeOffset>(0), cancellationToken);
        return changed[0];
    }

    private const string SetStateSql =
        """
        WITH changed AS (
            UPDATE social_accounts SET state = $3, state_reason = $4::text, state_until = NULL, state_changed_at = $5, updated_at = $5
            WHERE user_id = $1 AND id = $2 AND state <> $3
            RETURNING id)
        INSERT INTO social_account_states (account_id, at, state, reason) SELECT id, $5, $3, $4::text FROM changed
        ON CONFLICT (account_id, at) DO UPDATE SET state = excluded.state, reason = excluded.reason
        """;

    /// <summary>Changes its state, as a person wants it; false when it is in that state.</summary>
    public async Task<bool> SetStateAsync(
        NpgsqlTransaction transaction, Guid userId, Guid id, string state, string? reason, CancellationToken cancellationToken) =>
        await transaction.Command(SetStateSql, userId, id, state, reason, timeProvider.GetUtcNow()).RunAsync(cancellationToken) > 0;

    private SocialAccountResponse Read(NpgsqlDataReader row) => SocialAccountResponse.Read(row, timeProvider.GetUtcNow());
}
