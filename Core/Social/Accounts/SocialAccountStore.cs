using System.Text.Json;
using Npgsql;
using Switchboard.Core.Postgres;
using Switchboard.Core.Providers;
using Switchboard.Core.Social.Platforms;

namespace Switchboard.Core.Social.Accounts;

/// <summary>How much an account may publish in a day of UTC.</summary>
/// <param name="Posts">The least of what is set; null when nothing is.</param>
/// <param name="Reason">What it is of: <c>warm-up</c>, <c>daily-cap</c> or <c>platform-quota</c>.</param>
/// <param name="QuotaLeft">What the platform's own quota leaves, as it was told last and has not been reset since; null where it tells
/// none.</param>
public sealed record AccountCap(int? Posts, string? Reason, int? QuotaLeft)
{
    /// <summary>The least of these caps.</summary>
    public static AccountCap Of(int? warmup, int? own, int? quotaLeft) =>
        warmup is { } few && few <= (own ?? int.MaxValue) ? new(few, "warm-up", quotaLeft)
        : own is not null ? new(own, "daily-cap", quotaLeft)
        : new(null, quotaLeft is null ? null : "platform-quota", quotaLeft);
}

/// <summary>
/// Accounts of social platforms, as those that call their platforms need them; never cached. Each statement names the user.
/// </summary>
public sealed class SocialAccountStore(NpgsqlDataSource dataSource, TimeProvider timeProvider)
{
    /// <summary>
    /// What an account's requests go through: its own proxy, else that of its first group by name that has one. To be joined to
    /// <c>social_accounts AS a</c>.
    /// </summary>
    public const string ProxyJoin =
        """
        LEFT JOIN social_proxies AS p ON p.user_id = a.user_id AND p.id = coalesce(a.proxy_id, (
            SELECT g.proxy_id FROM social_group_members AS m JOIN social_groups AS g ON g.user_id = m.user_id AND g.id = m.group_id
            WHERE m.account_id = a.id AND m.user_id = a.user_id AND g.proxy_id IS NOT NULL ORDER BY g.name LIMIT 1))
        """;

    private const string FindSql =
        $"""
        SELECT a.id, a.user_id, a.platform, a.server, a.external_id, a.handle, a.state,
               p.id, p.version, p.scheme, p.host, p.port, p.state = 'down', p.credentials, i.limits::text
        FROM unnest($1::uuid[], $2::uuid[]) AS wanted (user_id, id)
        JOIN social_accounts AS a ON a.user_id = wanted.user_id AND a.id = wanted.id
        {ProxyJoin}
        LEFT JOIN social_instances AS i ON a.platform = 'mastodon' AND i.server = a.server
        """;

    /// <summary>Those of these accounts that are there, with the proxies that they go through.</summary>
    public async Task<IReadOnlyDictionary<Guid, SocialAccount>> FindAsync(
        IReadOnlyCollection<(Guid UserId, Guid AccountId)> accounts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(accounts);
        var wanted = accounts.Distinct().ToArray();
        var found = await dataSource.Command(
            FindSql, wanted.Select(one => one.UserId).ToArray(), wanted.Select(one => one.AccountId).ToArray())
            .ListAsync(Read, cancellationToken);
        return found.ToDictionary(account => account.Id);
    }

    /// <summary>One of them; null when it is not there.</summary>
    public async Task<SocialAccount?> FindAsync(Guid userId, Guid accountId, CancellationToken cancellationToken) =>
        (await FindAsync([(userId, accountId)], cancellationToken)).GetValueOrDefault(accountId);

    private const string CapSql =
        """
        SELECT a.id, a.state, a.daily_cap, w.steps::text, a.warmup_started_at, a.quota::text
        FROM unnest($1::uuid[], $2::uuid[]) AS wanted (user_id, id)
        JOIN social_accounts AS a ON a.user_id = wanted.user_id AND a.id = wanted.id
        LEFT JOIN warmup_protocols AS w ON w.user_id = a.user_id AND w.id = a.warmup_protocol_id
        """;

    /// <summary>What these accounts may publish today.</summary>
    public async Task<IReadOnlyDictionary<Guid, AccountCap>> CapsAsync(
        IReadOnlyCollection<(Guid UserId, Guid AccountId)> accounts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(accounts);
        var now = timeProvider.GetUtcNow();
        var wanted = accounts.Distinct().ToArray();
        var caps = await dataSource.Command(
            CapSql, wanted.Select(one => one.UserId).ToArray(), wanted.Select(one => one.AccountId).ToArray())
            .ListAsync(
                row => (
                    Id: row.GetGuid(0),
                    Cap: AccountCap.Of(
                        row.GetString(1) is AccountStates.Warming or AccountStates.Limited && row.Text(3) is { } steps
                            ? WarmupPlan.CapOf(WarmupPlan.Read(steps), row.GetFieldValue<DateTimeOffset>(4), now)
                            : null,
                        row.Nullable<int>(2),
                        row.Text(5) is { } quota ? AccountQuota.Read(quota).LeftAt(now) : null)),
                cancellationToken);
        return caps.ToDictionary(one => one.Id, one => one.Cap);
    }

    // a person has paused it, or has to act at the platform first: nothing else takes it out of these
    private const string ChangeStateSql =
        """
        WITH changed AS (
            UPDATE social_accounts SET state = $3, state_reason = $4::text, state_until = $5::timestamptz,
                state_changed_at = CASE WHEN state = $3 THEN state_changed_at ELSE $6 END, updated_at = $6
            WHERE user_id = $1 AND id = $2 AND state NOT IN ('paused', 'suspended')
              AND (state, state_reason, state_until) IS DISTINCT FROM ($3, $4::text, $5::timestamptz)
              AND ($7::bytea IS NULL OR refresh_token = $7)
            RETURNING id)
        INSERT INTO social_account_states (account_id, at, state, reason)
        SELECT id, $6, $3, $4::text FROM changed
        ON CONFLICT (account_id, at) DO UPDATE SET state = excluded.state, reason = excluded.reason
        """;

    /// <summary>
    /// Changes the state of an account, with its history; false when it is in that state already, or in one that only a person takes it
    /// out of. After the commit: <see cref="SocialAccountCache.ForgetAsync(Guid, Guid, CancellationToken)"/>.
    /// </summary>
    /// <param name="transaction">The caller's transaction.</param>
    /// <param name="userId">Whose account.</param>
    /// <param name="accountId">The account.</param>
    /// <param name="state">One of <see cref="AccountStates"/>.</param>
    /// <param name="reason">Why, for its user.</param>
    /// <param name="until">Of <see cref="AccountStates.Limited"/>, until when.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<bool> ChangeStateAsync(
        NpgsqlTransaction transaction, Guid userId, Guid accountId, string state, string? reason, DateTimeOffset? until,
        CancellationToken cancellationToken) =>
        ChangeStateAsync(transaction, userId, accountId, state, reason, until, grant: null, cancellationToken);

    /// <summary>
    /// Its authorization is not good any more: <see cref="AccountStates.NeedsAuthorization"/>, unless it was connected again meanwhile.
    /// Only for a failure of kind <see cref="FailureKind.GrantRevoked"/>.
    /// </summary>
    public Task<bool> RevokeAsync(
        NpgsqlTransaction transaction, Guid userId, Guid accountId, ProviderFailure failure, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure.Kind == FailureKind.GrantRevoked
            ? ChangeStateAsync(
                transaction, userId, accountId, AccountStates.NeedsAuthorization, failure.Error, until: null, failure.Grant,
                cancellationToken)
            : throw new ArgumentException("The authorization was not revoked.", nameof(failure));
    }

    private async Task<bool> ChangeStateAsync(
        NpgsqlTransaction transaction, Guid userId, Guid accountId, string state, string? reason, DateTimeOffset? until, byte[]? grant,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.Command(
            ChangeStateSql, userId, accountId, state, reason is null ? null : StorableText.From(reason), until,
            timeProvider.GetUtcNow(), grant)
            .RunAsync(cancellationToken) > 0;
    }

    // what a person has paused, or has to act for, stays
    private const string RestoreSql =
        """
        WITH restored AS (
            UPDATE social_accounts SET state = CASE WHEN warmup_ends_at > $3 THEN 'warming' ELSE 'active' END, state_reason = NULL,
                state_until = NULL, state_changed_at = $3, updated_at = $3
            WHERE user_id = $1 AND id = $2 AND state IN ('connecting', 'needs-authorization')
            RETURNING id, state)
        INSERT INTO social_account_states (account_id, at, state, reason)
        SELECT id, $3, state, $4 FROM restored
        ON CONFLICT (account_id, at) DO UPDATE SET state = excluded.state, reason = excluded.reason
        """;

    /// <summary>It is well after all: it goes on where it was, unless a person has to say so; false when it was well.</summary>
    public async Task<bool> RestoreAsync(
        NpgsqlTransaction transaction, Guid userId, Guid accountId, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.Command(RestoreSql, userId, accountId, timeProvider.GetUtcNow(), reason).RunAsync(cancellationToken) > 0;
    }

    private const string CheckedSql =
        """
        UPDATE social_accounts SET handle = $3, display_name = coalesce($4::text, display_name), quota = $5::jsonb, updated_at = $6
        WHERE user_id = $1 AND id = $2
          AND (handle, coalesce($4::text, display_name), quota) IS DISTINCT FROM ($3, display_name, $5::jsonb)
        """;

    /// <summary>Keeps what its platform says of it; false when that is nothing new.</summary>
    public static async Task<bool> CheckedAsync(
        NpgsqlTransaction transaction, SocialAccount account, string handle, string? displayName, AccountQuota? quota, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(account);
        return await transaction.Command(
            CheckedSql, account.UserId, account.Id, StorableText.From(handle), displayName is null ? null : StorableText.From(displayName),
            quota?.Write(), now).RunAsync(cancellationToken) > 0;
    }

    private const string GrantSql = "SELECT refresh_token FROM social_accounts WHERE user_id = $1 AND id = $2";

    /// <summary>Its tokens as they are stored; null when it is not there.</summary>
    internal Task<byte[]?> FindGrantAsync(Guid userId, Guid accountId, CancellationToken cancellationToken) =>
        dataSource.Command(GrantSql, userId, accountId).FirstAsync(row => row.GetFieldValue<byte[]>(0), cancellationToken);

    private const string RenewedSql =
        """
        UPDATE social_accounts SET token_refreshed_at = $3, token_expires_at = $4::timestamptz, updated_at = $3 WHERE user_id = $1
          AND id = $2
        """;

    /// <summary>Another token was had for it.</summary>
    internal Task RenewedAsync(Guid userId, Guid accountId, DateTimeOffset? expiresAt, CancellationToken cancellationToken) =>
        dataSource.Command(RenewedSql, userId, accountId, timeProvider.GetUtcNow(), expiresAt).RunAsync(cancellationToken);

    private static SocialAccount Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6),
        row.IsDBNull(7) ? null : SocialProxyStore.ReadAddress(row, 7))
    {
        Limits = InstanceLimits.Read(row.Text(14)),
    };
}

/// <summary>A platform's own quota as it was last told: the column <c>social_accounts.quota</c>.</summary>
/// <param name="Used">How many posts of the span were used.</param>
/// <param name="Limit">How many there may be.</param>
/// <param name="ResetsAt">When some become free again; null where that is not told.</param>
public sealed record AccountQuota(int Used, int Limit, DateTimeOffset? ResetsAt)
{
    /// <summary>What it leaves; null when it was reset since it was told.</summary>
    public int? LeftAt(DateTimeOffset now) => ResetsAt <= now ? null : Math.Max(0, Limit - Used);

    /// <summary>The column.</summary>
    public string Write() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    /// <summary>Reads the column.</summary>
    public static AccountQuota Read(string quota) => JsonSerializer.Deserialize<AccountQuota>(quota, JsonSerializerOptions.Web)!;
}
