using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Events;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;
using Switchboard.Core.Social.Accounts;
using Switchboard.Core.Social.Health;

namespace Switchboard.Analytics.Worker.Social;

/// <summary>How the health of accounts is computed; section <c>Social:Health</c>.</summary>
internal sealed class HealthOptions
{
    public const string Section = "Social:Health";

    /// <summary>How often all accounts are computed again, in minutes; those that something happened to are at once.</summary>
    [Range(1, 1_440)]
    public int EveryMinutes { get; set; } = 60;

    /// <summary>How many accounts are computed together.</summary>
    [Range(1, 1_000)]
    public int BatchSize { get; set; } = 50;

    /// <summary>How long to pause between two batches, in milliseconds, so that others get their turn.</summary>
    [Range(0, 10_000)]
    public int PauseMs { get; set; } = 10;

    /// <summary>Of how many of the last days posts count.</summary>
    [Range(1, 90)]
    public int WindowDays { get; set; } = 7;

    /// <summary>By how much a score must change to be told of, within its band.</summary>
    [Range(1, 100)]
    public int EventChange { get; set; } = 10;
}

/// <summary>
/// Computes the health of accounts, a batch with a statement that reads and one that writes, in one transaction; the batches of all
/// processes go one after the other, so that each change is told of once.
/// </summary>
internal sealed class AccountScoring(
    NpgsqlDataSource dataSource, JobOutbox outbox, IOptions<HealthOptions> options, TimeProvider timeProvider)
{
    private static string ReadSql(string accounts) =>
        $"""
        SELECT a.id, a.user_id, a.state, coalesce(d.published, 0), coalesce(d.failed, 0), coalesce(d.unknown, 0), coalesce(d.throttled, 0),
               a.token_refreshed_at, a.token_expires_at, p.state, w.steps::text, a.warmup_started_at, a.last_published_at, a.created_at,
               h.score, h.told_score
        FROM ({accounts}) AS a
        LEFT JOIN LATERAL (
            SELECT sum(published) AS published, sum(failed) AS failed, sum(unknown) AS unknown, sum(throttled) AS throttled
            FROM social_account_days WHERE account_id = a.id AND day > $1) AS d ON true
        {SocialAccountStore.ProxyJoin}
        LEFT JOIN warmup_protocols AS w ON w.user_id = a.user_id AND w.id = a.warmup_protocol_id
        LEFT JOIN social_health AS h ON h.account_id = a.id
        ORDER BY a.id
        """;

    internal static readonly string PageSql = ReadSql(
        "SELECT * FROM social_accounts WHERE $2::uuid IS NULL OR id > $2 ORDER BY id LIMIT $3");

    private static readonly string ListedSql = ReadSql("SELECT * FROM social_accounts WHERE user_id = $2 AND id = ANY ($3)");

    // accounts that were deleted since they were read have no health any more
    private const string WriteSql =
        """
        WITH new AS (
            SELECT n.* FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::int[], $6::boolean[])
                AS n (account_id, user_id, score, parts, told_score, is_changed)
            JOIN social_accounts AS a ON a.id = n.account_id AND a.user_id = n.user_id),
        written AS (
            INSERT INTO social_health AS h (account_id, user_id, score, parts, told_score, computed_at)
            SELECT account_id, user_id, score, parts::jsonb, told_score, $7 FROM new ORDER BY account_id
            ON CONFLICT (account_id) DO UPDATE
            SET score = excluded.score, parts = excluded.parts, told_score = excluded.told_score, computed_at = excluded.computed_at)
        INSERT INTO social_health_history (account_id, at, score)
        SELECT account_id, $7, score FROM new WHERE is_changed ORDER BY account_id
        ON CONFLICT DO NOTHING
        """;

    /// <summary>Computes the next accounts of all users, in the order of their ids.</summary>
    /// <param name="after">Those after this one; null from the first.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The last of them; null when there are no more.</returns>
    public async Task<Guid?> NextAsync(Guid? after, CancellationToken cancellationToken)
    {
        var scored = await ScoreAsync(PageSql, [after, options.Value.BatchSize], cancellationToken);
        return scored.Count < options.Value.BatchSize ? null : scored[^1];
    }

    /// <summary>Computes some accounts of a user; those that are not there are passed over.</summary>
    public async Task ScoreAsync(Guid userId, IEnumerable<Guid> accounts, CancellationToken cancellationToken)
    {
        foreach (var batch in accounts.Distinct().Chunk(options.Value.BatchSize))
            await ScoreAsync(ListedSql, [userId, batch], cancellationToken);
    }

    private async Task<IReadOnlyList<Guid>> ScoreAsync(string sql, object?[] which, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var since = DateOnly.FromDateTime(now.UtcDateTime).AddDays(-options.Value.WindowDays);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await transaction.Command(AdvisoryLocks.OfHealth).RunAsync(cancellationToken);
        var read = await transaction.Command(sql, [since, .. which]).ListAsync(Read, cancellationToken);
        if (read.Count == 0)
            return [];
        Scored[] scored = [.. read.Select(account => account.At(now, options.Value.EventChange))];
        await transaction.Command(
            WriteSql,
            scored.Select(one => one.Account.Id).ToArray(),
            scored.Select(one => one.Account.UserId).ToArray(),
            scored.Select(one => one.Health.Score).ToArray(),
            scored.Select(one => one.Health.WriteParts()).ToArray(),
            scored.Select(one => one.Told).ToArray(),
            scored.Select(one => one.Health.Score != one.Account.Score).ToArray(),
            now).RunAsync(cancellationToken);
        var events = scored.Where(one => one.IsTold).Select(one => EventRecord.Of(
            HealthEvents.Changed, one.Account.UserId, one.Account.Id, HealthBands.Of(one.Health.Score), now, one.Health.Score));
        await outbox.CommitAsync(transaction, RecordEvents.Of([.. events], timeProvider), cancellationToken);
        return [.. scored.Select(one => one.Account.Id)];
    }

    private static ReadAccount Read(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetGuid(1),
        new(
            row.GetString(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.Nullable<DateTimeOffset>(7),
            row.Nullable<DateTimeOffset>(8), row.Text(9), row.Text(10) is { } steps ? WarmupPlan.Read(steps) : null,
            row.Nullable<DateTimeOffset>(11), row.Nullable<DateTimeOffset>(12), row.GetFieldValue<DateTimeOffset>(13)),
        row.Nullable<int>(14),
        row.Nullable<int>(15));

    private sealed record ReadAccount(Guid Id, Guid UserId, HealthFacts Facts, int? Score, int? ToldScore)
    {
        // against what was told last: many small changes are told too, once they add up; the first score is no change
        public Scored At(DateTimeOffset now, int eventChange)
        {
            var health = HealthScore.Of(Facts, now);
            var isTold = ToldScore is { } told
                && (Math.Abs(health.Score - told) >= eventChange || HealthBands.Of(health.Score) != HealthBands.Of(told));
            return new(this, health, isTold);
        }
    }

    private sealed record Scored(ReadAccount Account, HealthScore Health, bool IsTold)
    {
        public int Told => IsTold ? Health.Score : Account.ToldScore ?? Health.Score;
    }
}
