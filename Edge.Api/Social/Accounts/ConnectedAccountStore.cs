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
internal sealed record LockedSocialAccount(string State, DateTimeOffset? StateUntil, DateTimeOffset? WarmupEndsAt);

/// <summary>Accounts as the API shows and changes them. Each statement names the user.</summary>
internal sealed class ConnectedAccountStore(NpgsqlDataSource dataSource, TimeProvider timeProvider)
{
    private const string FindSql =
        $"SELECT {SocialAccountResponse.Columns} FROM {SocialAccountResponse.Tables} WHERE a.user_id = $1 AND a.id = $2";

    public Task<SocialAccountResponse?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        dataSource.Command(FindSql, userId, id).FirstAsync(Read, cancellationToken);

    /// <summary>An account as the transaction left it.</summary>
    public Task<SocialAccountResponse?> FindAsync(
        NpgsqlTransaction transaction, Guid userId, Guid id, CancellationToken cancellationToken) =>
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

    /// <summary>Not from a replica: the cache would keep what is behind there, after the change that it lacks has cleared it.</summary>
    public Task<List<SocialAccountResponse>> ListAsync(
        Guid userId, AccountFilter filter, Guid? after, int skip, int take, CancellationToken cancellationToken) =>
        dataSource.Command(ListSql, userId, filter.State, filter.Platform, filter.Tag, filter.GroupId, after, skip, take)
            .ListAsync(Read, cancellationToken);

    private const string CountSql = $"SELECT count(*) FROM (SELECT FROM social_accounts AS a WHERE {Filtered} LIMIT $6) AS counted";

    public async Task<int> CountAsync(Guid userId, AccountFilter filter, int atMost, CancellationToken cancellationToken) =>
        (int)await dataSource.Command(CountSql, userId, filter.State, filter.Platform, filter.Tag, filter.GroupId, atMost)
            .ScalarAsync<long>(cancellationToken);

    private const string HistorySql =
        """
        SELECT s.at, s.state, s.reason FROM social_accounts AS a JOIN social_account_states AS s ON s.account_id = a.id
        WHERE a.user_id = $1 AND a.id = $2 AND ($3::timestamptz IS NULL OR s.at < $3)
        ORDER BY s.at DESC OFFSET $4 LIMIT $5
        """;

    /// <summary>How its state has changed, newest first.</summary>
    public Task<List<AccountStateResponse>> HistoryAsync(
        Guid userId, Guid id, DateTimeOffset? before, int skip, int take, CancellationToken cancellationToken) =>
        dataSource.Command(HistorySql, userId, id, before, skip, take).ListAsync(
            row => new AccountStateResponse(row.GetFieldValue<DateTimeOffset>(0), row.GetString(1), row.Text(2)), cancellationToken);

    private const string CountHistorySql =
        """
        SELECT count(*) FROM (
            SELECT FROM social_accounts AS a JOIN social_account_states AS s ON s.account_id = a.id
            WHERE a.user_id = $1 AND a.id = $2 LIMIT $3) AS counted
        """;

    /// <summary>How often it has changed, counted so far.</summary>
    public async Task<int> CountHistoryAsync(Guid userId, Guid id, int atMost, CancellationToken cancellationToken) =>
        (int)await dataSource.Command(CountHistorySql, userId, id, atMost).ScalarAsync<long>(cancellationToken);

    private const string LockSql =
        """
        SELECT state, state_until, warmup_ends_at FROM social_accounts WHERE user_id = $1 AND id = $2 FOR UPDATE
        """;

    public static Task<LockedSocialAccount?> LockAsync(
        NpgsqlTransaction transaction, Guid userId, Guid id, CancellationToken cancellationToken) =>
        transaction.Command(LockSql, userId, id).FirstAsync(
            row => new LockedSocialAccount(row.GetString(0), row.Nullable<DateTimeOffset>(1), row.Nullable<DateTimeOffset>(2)),
            cancellationToken);

    private const string ChangeSql =
        """
        UPDATE social_accounts SET
            proxy_id = CASE WHEN $3 THEN $4::uuid ELSE proxy_id END,
            daily_cap = CASE WHEN $5 THEN $6::int ELSE daily_cap END,
            tags = coalesce($7::text[], tags),
            warmup_protocol_id = CASE WHEN $8 THEN $9::uuid ELSE warmup_protocol_id END,
            warmup_started_at = CASE WHEN NOT $8 THEN warmup_started_at WHEN $9::uuid IS NOT NULL THEN $10::timestamptz END,
            warmup_ends_at = CASE WHEN NOT $8 THEN warmup_ends_at ELSE $10::timestamptz + (
                SELECT make_interval(days => sum((step ->> 'days')::int)::int)
                FROM warmup_protocols AS w, jsonb_array_elements(w.steps) AS step WHERE w.user_id = $1 AND w.id = $9::uuid) END,
            updated_at = $10::timestamptz
        WHERE user_id = $1 AND id = $2
        RETURNING warmup_ends_at
        """;

    /// <summary>Changes what is said of an account, which is locked; answers when its warm-up ends.</summary>
    public async Task<DateTimeOffset?> ChangeAsync(
        NpgsqlTransaction transaction, Guid userId, Guid id, ChangeSocialAccountRequest change, CancellationToken cancellationToken)
    {
        var changed = await transaction.Command(
            ChangeSql, userId, id, change.SaysProxy, change.ProxyId, change.SaysCap, change.DailyCap,
            change.Tags is { } tags ? SocialAccountRules.TagsOf(tags).ToArray() : null, change.SaysProtocol, change.WarmupProtocolId,
            timeProvider.GetUtcNow())
            .ListAsync(row => row.Nullable<DateTimeOffset>(0), cancellationToken);
        return changed[0];
    }

    private const string SetStateSql =
        """
        WITH changed AS (
            UPDATE social_accounts SET state = $3, state_reason = $4::text,
                state_until = CASE WHEN $3 IN ('paused', 'limited') THEN state_until END, state_changed_at = $5, updated_at = $5
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
