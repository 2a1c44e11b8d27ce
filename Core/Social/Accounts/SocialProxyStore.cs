using System.Text.Json.Serialization;
using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Social.Accounts;

/// <summary>Check the proxies whose check is due. Recurring; at once when a user asks for the check of one.</summary>
/// <param name="Id">The job's id.</param>
public sealed record CheckProxies(Guid Id) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("check-proxies", 1, JobWorker.Dispatch, JobPriority.Normal);

    /// <summary>Only for the log: a proxy whose check another has begun is due later.</summary>
    public string IdempotencyKey => $"check-proxies:{Id}";
}

/// <summary>The states of a proxy: values of <c>social_proxies.state</c>.</summary>
public static class ProxyStates
{
    /// <summary>It was made or changed, and not checked since: requests go through it.</summary>
    public const string Unchecked = "unchecked";

    /// <summary>Requests go through it.</summary>
    public const string Up = "up";

    /// <summary>Its last checks failed: the accounts that use it wait.</summary>
    public const string Down = "down";

    /// <summary>The schemes that there are.</summary>
    public static IReadOnlyList<string> Schemes { get; } = ["http", "https", "socks5"];
}

/// <summary>A proxy as the API shows it; never its password.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its user's name of it.</param>
/// <param name="Scheme">http, https or socks5: how it is spoken to.</param>
/// <param name="Host">Its host.</param>
/// <param name="Port">Its port.</param>
/// <param name="HasCredentials">Whether it is shown a user name and a password.</param>
/// <param name="State">unchecked, up or down; while it is down the accounts that use it wait.</param>
/// <param name="LatencyMs">How long its last check took, if it succeeded.</param>
/// <param name="ConsecutiveFailures">How many checks have failed since one succeeded.</param>
/// <param name="LastError">Why the last one failed.</param>
/// <param name="CheckedAt">When it was checked last.</param>
/// <param name="NextCheckAt">When it is checked next.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it was changed last.</param>
public sealed record SocialProxy(
    Guid Id, string Name, string Scheme, string Host, int Port, bool HasCredentials, string State, int? LatencyMs, int ConsecutiveFailures,
    string? LastError, DateTimeOffset? CheckedAt, DateTimeOffset NextCheckAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>Its last checks, newest first, where it is read alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ProxyCheck>? Checks { get; init; }

    internal const string Columns =
        """
        id, name, scheme, host, port, credentials IS NOT NULL, state, latency_ms, consecutive_failures, last_error, checked_at,
        next_check_at,
        created_at, updated_at
        """;

    internal static SocialProxy Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt32(4), row.GetBoolean(5), row.GetString(6),
        row.Nullable<int>(7), row.GetInt32(8), row.Text(9), row.Nullable<DateTimeOffset>(10), row.GetFieldValue<DateTimeOffset>(11),
        row.GetFieldValue<DateTimeOffset>(12), row.GetFieldValue<DateTimeOffset>(13));
}

/// <summary>A proxy that is to be checked.</summary>
/// <param name="UserId">Whose it is.</param>
/// <param name="Proxy">The proxy.</param>
public sealed record DueProxy(Guid UserId, AccountProxy Proxy);

/// <summary>A check of a proxy.</summary>
/// <param name="At">When.</param>
/// <param name="LatencyMs">How long it took; null when it failed.</param>
/// <param name="Error">Why it failed.</param>
public sealed record ProxyCheck(DateTimeOffset At, int? LatencyMs, string? Error);

/// <summary>Who uses a proxy.</summary>
/// <param name="Accounts">Accounts that have it as their own.</param>
/// <param name="Groups">Groups that have it for their accounts.</param>
public sealed record ProxyUse(long Accounts, long Groups);

/// <summary>Proxies, in <c>social_proxies</c>, and their checks. Each statement names the user, but for that which finds what is
/// due.</summary>
public sealed class SocialProxyStore(NpgsqlDataSource dataSource)
{
    /// <summary>The proxies themselves.</summary>
    public OwnedRows<SocialProxy> Rows { get; } = new(dataSource, "social_proxies", SocialProxy.Columns, SocialProxy.Read);

    private const string InsertSql =
        """
        INSERT INTO social_proxies (id, user_id, name, scheme, host, port, credentials, next_check_at, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7::bytea, $8, $8, $8)
        ON CONFLICT (user_id, name) DO NOTHING
        """;

    /// <summary>Makes one, whose check is due at once; false when the user has one of that name.</summary>
    public static async Task<bool> InsertAsync(
        NpgsqlTransaction transaction, Guid userId, SocialProxy proxy, byte[]? credentials, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(proxy);
        return await transaction.Command(
            InsertSql, proxy.Id, userId, proxy.Name, proxy.Scheme, proxy.Host, proxy.Port, credentials, proxy.CreatedAt)
            .RunAsync(cancellationToken) > 0;
    }

    private const string ChecksSql =
        """
        SELECT c.at, c.latency_ms, c.error FROM social_proxies AS p JOIN social_proxy_checks AS c ON c.proxy_id = p.id
        WHERE p.user_id = $1 AND p.id = $2 ORDER BY c.at DESC LIMIT $3
        """;

    /// <summary>Its last checks, newest first.</summary>
    public Task<List<ProxyCheck>> ChecksAsync(Guid userId, Guid id, int take, CancellationToken cancellationToken) =>
        dataSource.Command(ChecksSql, userId, id, take).ListAsync(
            row => new ProxyCheck(row.GetFieldValue<DateTimeOffset>(0), row.Nullable<int>(1), row.Text(2)), cancellationToken);

    // where it is and what it is shown are another proxy: its state is not known, and connections through the former are not used any more
    private const string ChangeSql =
        $"""
        UPDATE social_proxies SET name = $3, scheme = $4, host = $5, port = $6,
            credentials = CASE WHEN $7 THEN $8::bytea ELSE credentials END, updated_at = $10,
            version = version + $9::int, state = CASE WHEN $9 THEN 'unchecked' ELSE state END,
            consecutive_failures = CASE WHEN $9 THEN 0 ELSE consecutive_failures END,
            last_error = CASE WHEN $9 THEN NULL ELSE last_error END,
            next_check_at = CASE WHEN $9 THEN $10 ELSE next_check_at END
        WHERE user_id = $1 AND id = $2
          AND NOT EXISTS (SELECT FROM social_proxies AS other WHERE other.user_id = $1 AND other.name = $3 AND other.id <> $2)
        RETURNING {SocialProxy.Columns}
        """;

    /// <summary>Changes one; null when the user has another of that name.</summary>
    public static Task<SocialProxy?> ChangeAsync(
        NpgsqlTransaction transaction, Guid userId, SocialProxy proxy, bool saysCredentials, byte[]? credentials, bool isElsewhere,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(proxy);
        return transaction.Command(
            ChangeSql, userId, proxy.Id, proxy.Name, proxy.Scheme, proxy.Host, proxy.Port, saysCredentials, credentials, isElsewhere, now)
            .FirstAsync(SocialProxy.Read, cancellationToken);
    }

    private const string UseSql =
        """
        SELECT (SELECT count(*) FROM social_accounts WHERE user_id = $1 AND proxy_id = $2)
                 + (SELECT count(*) FROM social_account_endings WHERE user_id = $1 AND proxy_id = $2),
               (SELECT count(*) FROM social_groups WHERE user_id = $1 AND proxy_id = $2)
        """;

    private const string DeleteSql = "DELETE FROM social_proxies WHERE user_id = $1 AND id = $2";

    /// <summary>Deletes one that nothing uses; answers what uses it, or null when the user has none of that id.</summary>
    public async Task<ProxyUse?> DeleteAsync(NpgsqlTransaction transaction, Guid userId, Guid id, CancellationToken cancellationToken)
    {
        if (await Rows.LockAsync(transaction, userId, id, cancellationToken) is null)
            return null;
        var use = await transaction.Command(UseSql, userId, id)
            .FirstAsync(row => new ProxyUse(row.GetInt64(0), row.GetInt64(1)), cancellationToken);
        if (use is { Accounts: 0, Groups: 0 })
            await transaction.Command(DeleteSql, userId, id).RunAsync(cancellationToken);
        return use;
    }

    private const string AddressSql =
        "SELECT id, version, scheme, host, port, state = 'down', credentials FROM social_proxies WHERE user_id = $1 AND id = $2";

    /// <summary>One of a user, as what goes through it needs it.</summary>
    public Task<AccountProxy?> FindAddressAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        dataSource.Command(AddressSql, userId, id).FirstAsync(row => ReadAddress(row, 0), cancellationToken);

    private const string AskSql = "UPDATE social_proxies SET next_check_at = $3 WHERE user_id = $1 AND id = $2";

    /// <summary>Its check is due now, whenever it would have been; false when the user has none of that id.</summary>
    public static async Task<bool> AskAsync(
        NpgsqlTransaction transaction, Guid userId, Guid id, DateTimeOffset now, CancellationToken cancellationToken) =>
        await transaction.Command(AskSql, userId, id, now).RunAsync(cancellationToken) > 0;

    // idx_social_proxies_next_check; of all users in turn, so that the many of one keep nobody's waiting
    private const string ClaimSql =
        """
        UPDATE social_proxies SET next_check_at = $2
        WHERE id = ANY (ARRAY(
            SELECT p.id FROM social_proxies AS p JOIN (
                SELECT id FROM (
                    SELECT id, next_check_at, row_number() OVER (PARTITION BY user_id ORDER BY next_check_at) AS turn
                    FROM social_proxies WHERE next_check_at <= $1) AS due
                ORDER BY turn, next_check_at LIMIT $3) AS first ON first.id = p.id
            WHERE p.next_check_at <= $1 FOR UPDATE OF p SKIP LOCKED))
        RETURNING user_id, id, version, scheme, host, port, state = 'down', credentials
        """;

    /// <summary>Those whose check is due; their next one is at that time.</summary>
    public Task<List<DueProxy>> ClaimAsync(DateTimeOffset now, DateTimeOffset next, int take, CancellationToken cancellationToken) =>
        dataSource.Command(ClaimSql, now, next, take)
            .ListAsync(row => new DueProxy(row.GetGuid(0), ReadAddress(row, 1)), cancellationToken);

    // one that was changed meanwhile was not the one that was checked
    private const string RecordSql =
        """
        WITH before AS (
            SELECT id, state FROM social_proxies WHERE user_id = $1 AND id = $2 AND version = $3 FOR UPDATE),
        checked AS (
            UPDATE social_proxies AS p SET checked_at = $4, latency_ms = $5::int, last_error = $6::text,
                consecutive_failures = CASE WHEN $6::text IS NULL THEN 0 ELSE p.consecutive_failures + 1 END,
                state = CASE WHEN $6::text IS NULL THEN 'up' WHEN p.consecutive_failures + 1 >= $7 THEN 'down' ELSE p.state END
            FROM before WHERE p.user_id = $1 AND p.id = before.id
            RETURNING p.id, p.state, before.state AS former),
        noted AS (
            INSERT INTO social_proxy_checks (proxy_id, at, latency_ms, error)
            SELECT id, $4, $5::int, $6::text FROM checked ON CONFLICT DO NOTHING)
        SELECT state, former FROM checked
        """;

    /// <summary>Records a check.</summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="due">The proxy.</param>
    /// <param name="check">What was found.</param>
    /// <param name="failuresUntilDown">After so many failures in a row it is down.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Its state now, and the one before; null when it was changed or deleted meanwhile.</returns>
    public static Task<Tuple<string, string>?> RecordAsync(
        NpgsqlTransaction transaction, DueProxy due, ProxyCheck check, int failuresUntilDown, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(due);
        ArgumentNullException.ThrowIfNull(check);
        return transaction.Command(
            RecordSql, due.UserId, due.Proxy.Id, due.Proxy.Version, check.At, check.LatencyMs,
            check.Error is null ? null : StorableText.From(check.Error), failuresUntilDown)
            .FirstAsync(row => Tuple.Create(row.GetString(0), row.GetString(1)), cancellationToken);
    }

    private const string AccountsSql =
        """
        SELECT id FROM social_accounts WHERE user_id = $1 AND proxy_id = $2
        UNION
        SELECT m.account_id FROM social_groups AS g JOIN social_group_members AS m ON m.user_id = g.user_id AND m.group_id = g.id
        WHERE g.user_id = $1 AND g.proxy_id = $2
        """;

    /// <summary>The accounts that may go through it: those that have it, and those of groups that have it.</summary>
    public static Task<List<Guid>> AccountsAsync(
        NpgsqlTransaction transaction, Guid userId, Guid id, CancellationToken cancellationToken) =>
        transaction.Command(AccountsSql, userId, id).ListAsync(row => row.GetGuid(0), cancellationToken);

    internal static AccountProxy ReadAddress(NpgsqlDataReader row, int first) => new(
        row.GetGuid(first), row.GetInt32(first + 1),
        new UriBuilder(row.GetString(first + 2), row.GetString(first + 3), row.GetInt32(first + 4)).Uri, row.GetBoolean(first + 5))
    {
        Credentials = row.IsDBNull(first + 6) ? null : row.GetFieldValue<byte[]>(first + 6),
    };
}
