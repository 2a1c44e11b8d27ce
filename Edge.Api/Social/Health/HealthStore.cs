using Microsoft.Extensions.Caching.Hybrid;
using Switchboard.Core.Redis.Caching;
using Switchboard.Core.Social.Accounts;
using Switchboard.Core.Social.Health;

namespace Switchboard.Edge.Api.Social.Health;

/// <summary>Which accounts.</summary>
/// <param name="Band">good, fair or poor; null for all.</param>
/// <param name="Platform">Only those of a platform.</param>
/// <param name="GroupId">Only those in a group.</param>
internal sealed record HealthFilter(string? Band, string? Platform, Guid? GroupId);

/// <summary>The health of accounts as it was computed last (Analytics.Worker/Social). Each statement names the user.</summary>
internal sealed class HealthStore(NpgsqlDataSource dataSource, ReadDatabase database, HybridCache cache)
{
    /// <summary>Keys <c>health:swarm:{user}:{group}</c>.</summary>
    public const string CacheNamespace = "health";

    private const int MostAtRisk = 20;

    // all by idx_social_health_user_score; those of a group from its members on, who are few. Accounts are found by their key alone: that the
    // user is the same too is known, and would have the planner expect few rows
    private static string FromSql(Guid? groupId) => groupId is null
        ? "social_health AS h"
        : "social_group_members AS m JOIN social_health AS h ON h.account_id = m.account_id AND h.user_id = m.user_id";

    private static string WhereSql(Guid? groupId) => groupId is null
        ? "h.user_id = $1 AND $2::uuid IS NULL"
        : "m.user_id = $1 AND m.group_id = $2";

    private const string OfPlatformSql =
        "($5::text IS NULL OR EXISTS (SELECT FROM social_accounts AS a WHERE a.id = h.account_id AND a.platform = $5))";

    // what a page passes over is passed over in the index
    internal static string ListSql(Guid? groupId) =>
        $"""
        SELECT a.id, a.platform, a.handle, a.state, h.score, h.parts::text, h.computed_at
        FROM (
            SELECT h.account_id FROM {FromSql(groupId)}
            WHERE {WhereSql(groupId)} AND h.score BETWEEN $3 AND $4 AND {OfPlatformSql}
                AND ($6::int IS NULL OR (h.score, h.account_id) > ($6, $7))
            ORDER BY h.score, h.account_id
            LIMIT $8 OFFSET $9) AS page
        JOIN social_health AS h ON h.account_id = page.account_id
        JOIN social_accounts AS a ON a.id = page.account_id
        ORDER BY h.score, h.account_id
        """;

    /// <summary>Accounts with their health, the worst first, after one of them.</summary>
    public Task<List<AccountHealth>> ListAsync(
        Guid userId, HealthFilter filter, (int Score, Guid Id)? after, int take, int skip, CancellationToken cancellationToken)
    {
        var (least, most) = HealthBands.ScoresOf(filter.Band);
        return database.ReadAsync(
            userId,
            source => source.Command(
                ListSql(filter.GroupId), userId, filter.GroupId, least, most, filter.Platform, after?.Score, after?.Id, take, skip)
                .ListAsync(Read, cancellationToken),
            cancellationToken);
    }

    private static string CountSql(Guid? groupId) =>
        $"""
        SELECT count(*)::int FROM (
            SELECT FROM {FromSql(groupId)}
            WHERE {WhereSql(groupId)} AND h.score BETWEEN $3 AND $4 AND {OfPlatformSql}
            LIMIT $6) AS counted
        """;

    /// <summary>How many there are, counted so far at the most.</summary>
    public Task<int> CountAsync(Guid userId, HealthFilter filter, int atMost, CancellationToken cancellationToken)
    {
        var (least, most) = HealthBands.ScoresOf(filter.Band);
        return database.ReadAsync(
            userId,
            source => source.Command(CountSql(filter.GroupId), userId, filter.GroupId, least, most, filter.Platform, atMost)
                .ScalarAsync<int>(cancellationToken),
            cancellationToken);
    }

    private const string FindSql =
        """
        SELECT a.id, a.platform, a.handle, a.state, h.score, h.parts::text, h.computed_at
        FROM social_accounts AS a LEFT JOIN social_health AS h ON h.account_id = a.id AND h.user_id = a.user_id
        WHERE a.id = $1 AND a.user_id = $2
        """;

    /// <summary>The health of an account; without a score where none was computed yet, and null when the user has it not.</summary>
    public Task<AccountHealth?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        dataSource.Command(FindSql, id, userId).FirstAsync(Read, cancellationToken);

    private const string HistorySql =
        """
        SELECT c.at, c.score FROM social_health_history AS c
        WHERE c.account_id = $1 AND ($3::timestamptz IS NULL OR c.at < $3)
            AND EXISTS (SELECT FROM social_accounts AS a WHERE a.id = $1 AND a.user_id = $2)
        ORDER BY c.at DESC
        LIMIT $4 OFFSET $5
        """;

    /// <summary>The scores that an account had, the latest first.</summary>
    public Task<List<HealthChange>> HistoryAsync(
        Guid userId, Guid id, DateTimeOffset? before, int skip, int take, CancellationToken cancellationToken) =>
        database.ReadAsync(
            userId,
            source => source.Command(HistorySql, id, userId, before, take, skip)
                .ListAsync(row => new HealthChange(row.GetFieldValue<DateTimeOffset>(0), row.GetInt32(1)), cancellationToken),
            cancellationToken);

    private const string CountHistorySql =
        """
        SELECT count(*)::int FROM (
            SELECT FROM social_health_history AS c
            WHERE c.account_id = $1 AND EXISTS (SELECT FROM social_accounts AS a WHERE a.id = $1 AND a.user_id = $2)
            LIMIT $3) AS counted
        """;

    /// <summary>How many scores it had, counted so far at the most.</summary>
    public Task<int> CountHistoryAsync(Guid userId, Guid id, int atMost, CancellationToken cancellationToken) => database.ReadAsync(
        userId, source => source.Command(CountHistorySql, id, userId, atMost).ScalarAsync<int>(cancellationToken), cancellationToken);

    internal static string SwarmSql(Guid? groupId) =>
        $"""
        SELECT count(*), round(avg(h.score), 1), min(h.score), count(*) FILTER (WHERE h.score >= $3),
               count(*) FILTER (WHERE h.score < $3 AND h.score >= $4), count(*) FILTER (WHERE h.score < $4), max(h.computed_at)
        FROM {FromSql(groupId)}
        WHERE {WhereSql(groupId)}
        """;

    private const string GroupSql = "SELECT name FROM social_groups WHERE id = $1 AND user_id = $2";

    /// <summary>The accounts of a user, or of a group, together: a minute old at the most. Null when the user has not the group.</summary>
    public async Task<SwarmHealth?> SwarmAsync(Guid userId, Guid? groupId, CancellationToken cancellationToken)
    {
        if (groupId is { } group
            && await dataSource.Command(GroupSql, group, userId).FirstAsync(row => row.GetString(0), cancellationToken) is null)
            return null;
        return await cache.GetOrCreateAsync(
            $"{CacheNamespace}:swarm:{userId}:{groupId}",
            (Store: this, userId, groupId),
            static async (state, token) => await state.Store.CountSwarmAsync(state.userId, state.groupId, token),
            tags: [SocialAccountCache.TagOf(userId)],
            cancellationToken: cancellationToken);
    }

    private async Task<SwarmHealth> CountSwarmAsync(Guid userId, Guid? groupId, CancellationToken cancellationToken)
    {
        var sums = (await database.ReadAsync(
            userId,
            source => source.Command(SwarmSql(groupId), userId, groupId, HealthBands.Good, HealthBands.Fair).ListAsync(
                row => new SwarmHealth(
                    row.GetInt64(0), row.Nullable<decimal>(1), row.Nullable<int>(2),
                    new Dictionary<string, long> { ["good"] = row.GetInt64(3), ["fair"] = row.GetInt64(4), ["poor"] = row.GetInt64(5) }, [],
                    row.Nullable<DateTimeOffset>(6)),
                cancellationToken),
            cancellationToken))[0];
        return sums with { AtRisk = await ListAsync(userId, new("poor", null, groupId), null, MostAtRisk, 0, cancellationToken) };
    }

    private static AccountHealth Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.Nullable<int>(4),
        row.Nullable<int>(4) is { } score ? HealthBands.Of(score) : null,
        row.Text(5) is { } parts ? HealthScore.ReadParts(parts) : null, row.Nullable<DateTimeOffset>(6));
}

internal static class HealthServices
{
    /// <summary>The health of accounts.</summary>
    public static IServiceCollection AddSocialHealth(this IServiceCollection services) => services.AddSingleton<HealthStore>();

    /// <summary>The namespace of <see cref="HealthStore"/>.</summary>
    public static CacheBuilder AddSocialHealth(this CacheBuilder cache) =>
        cache.Namespace(HealthStore.CacheNamespace, CacheTtl.VeryShortLife, maxEntries: 1_000);
}
