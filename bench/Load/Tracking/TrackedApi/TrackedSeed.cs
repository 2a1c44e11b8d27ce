using Npgsql;
using Switchboard.Load.Running;

namespace Switchboard.Load.Tracking.TrackedApi;

/// <summary>
/// Makes a user whose accounts have very many tracked mails. The accounts are connected as any other, with empty mailboxes, so that they
/// can be synced; only their mails come by SQL.
/// </summary>
internal sealed class TrackedSeed(
    TrackedOptions options, ApiClient edge, GraphMailboxes mailboxes, LoadProgress progress, TimeProvider timeProvider)
{
    private const int MaxParallel = 2;

    public async Task<SeedStats> RunAsync(NpgsqlDataSource dataSource, RunToken token, CancellationToken cancellationToken)
    {
        var user = await new LoadUsers(edge, options.Key, token).CreateOneAsync(["mail", "analytics"], cancellationToken);
        var accounts = await progress.StageAsync(
            $"Run {token.Run}: connecting {options.SeedAccounts} accounts",
            options.SeedAccounts,
            report => ConnectAsync(user, token, report, cancellationToken));

        var (rows, startedAt) = (new SeededRows(dataSource), timeProvider.GetTimestamp());
        await progress.StageAsync(
            $"Inserting {options.SeedRows} tracked mails",
            options.SeedRows!.Value,
            report => InsertAsync(rows, user, accounts, report, cancellationToken));
        var inserted = Math.Round(timeProvider.GetElapsedTime(startedAt).TotalSeconds, 2);

        var table = new TrackedTable(dataSource, timeProvider);
        var analyzed = await progress.StageAsync("Vacuuming and gathering statistics", 1, _ => table.VacuumAsync(cancellationToken));
        var days = await progress.StageAsync(
            "Waiting for the days to be made", 1, report => table.BringUpAsync(accounts, report, cancellationToken));
        await rows.InvalidateCachesAsync(accounts, cancellationToken);
        progress.WriteLine(
            $"{options.SeedRows} tracked mails in {inserted} s, vacuumed and analyzed in {analyzed} s, "
            + $"its days made in {days} s. "
            + $"To ask about them again: --key {user.Key}");
        return new SeedStats(options.SeedRows.Value, accounts.Count, user.Key, inserted, analyzed, days);
    }

    private async Task<IReadOnlyList<Guid>> ConnectAsync(
        LoadUser user, RunToken token, Action<double> report, CancellationToken cancellationToken)
    {
        using var connector = new AccountConnector(edge);
        List<Guid> accounts = [];
        for (var n = 0; n < options.SeedAccounts; n++)
        {
            var mailbox = await mailboxes.MakeAsync(
                $"{token.Run}-{n}@load.test".ToLowerInvariant(), timeProvider.GetUtcNow(), cancellationToken);
            accounts.Add((await connector.ConnectAsync(user, mailbox.Address, cancellationToken)).Id);
            report(n + 1);
        }

        return accounts;
    }

    private async Task<long> InsertAsync(
        SeededRows rows, LoadUser user, IReadOnlyList<Guid> accounts, Action<double> report, CancellationToken cancellationToken)
    {
        var (done, until) = (0L, timeProvider.GetUtcNow());
        var parallelOptions = new ParallelOptions { MaxDegreeOfParallelism = MaxParallel, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, accounts.Count, parallelOptions, async (n, loopToken) =>
        {
            var share = ((n + 1L) * options.SeedRows!.Value / accounts.Count) - ((long)n * options.SeedRows.Value / accounts.Count);
            for (var first = 0L; first < share; first += SeededRows.Part)
            {
                var count = Math.Min(SeededRows.Part, share - first);
                await rows.InsertAsync((accounts[n], user.Id), first, count, share, until, options.SeedDays, loopToken);
                report(Interlocked.Add(ref done, count));
            }
        });
        return done;
    }
}

/// <summary>
/// Inserts tracked mails of an account by SQL, as a busy mailbox would have them: more on working days and by day than on others and by
/// night, to a few domains much more often than to the rest; two of five answered, within minutes or weeks.
/// </summary>
internal sealed class SeededRows(NpgsqlDataSource dataSource)
{
    /// <summary>Rows of one statement.</summary>
    public const int Part = 50_000;

    // u_...: random numbers, one for each purpose. Every fourth mail belongs to the conversation of the one before. What is
    // MATERIALIZED is computed once, not wherever it is named.
    private const string Sql = """
        WITH drawn AS (
            SELECT n, md5($1::text || n) AS hash,
                   random() AS u_day, random() AS u_hour, random() AS v_hour, random() AS u_week,
                   random() AS u_domain, random() AS u_person, random() AS u_subject, random() AS u_outcome,
                   random() AS u_after, random() AS u_auto, random() AS u_stop
            FROM generate_series($3::bigint + 1, $3::bigint + $4::bigint) AS n
        ), days AS (
            SELECT *,
                   date_trunc('day', $6::timestamptz, 'UTC')
                       - interval '1 day' * ceil($7::int * (1 - (n - u_day) / $5::bigint)) AS day
            FROM drawn
        ), times AS MATERIALIZED (
            SELECT *,
                   date_trunc('second', day
                       - interval '1 day'
                           * CASE WHEN u_week < 0.85 THEN greatest(0, extract(isodow FROM day AT TIME ZONE 'UTC') - 5) ELSE 0 END
                       + interval '1 hour' * (6 + 7 * (u_hour + v_hour))) AS sent_at
            FROM days
        ), details AS MATERIALIZED (
            SELECT *, sent_at + interval '90 days' AS expires_at,
                   (extract(epoch FROM $6::timestamptz - sent_at))::bigint AS age,
                   'domain-' || floor(power(200, u_domain))::int || '.test' AS domain,
                   (ARRAY['ada','ben','clara','david','elif','farid','grace','hugo','ines','jonas'])[1 + floor(u_person * 10)::int]
                       || '.' || (ARRAY['adler','bauer','costa','dupont','evans','fischer','garcia','haddad'])
                           [1 + floor(u_person * 80)::int % 8] AS person
            FROM times
        ), outcomes AS MATERIALIZED (
            SELECT *,
                   CASE WHEN u_outcome < 0.4 AND age > 60
                        THEN least(age, floor(60 * power(age / 60.0, u_after))::bigint)::int END AS response_seconds,
                   CASE WHEN u_outcome >= 0.98 THEN sent_at + interval '4 seconds' END AS bounced_at,
                   CASE WHEN u_auto < 0.05 THEN sent_at + interval '9 seconds' END AS auto_replied_at,
                   CASE WHEN u_stop < 0.005 AND u_outcome >= 0.4 THEN sent_at + interval '1 day' END AS stopped_at
            FROM details
        )
        INSERT INTO tracked_emails (
            id, account_id, user_id, message_key, conversation_key, subject_key, provider_id, internet_message_id, subject,
            recipient, recipient_domain, recipients, categories, sent_at, status, response_at, response_seconds, responses,
            auto_replied_at, bounced_at, expires_at, next_check_at, stopped_at, tracked_by, created_at, updated_at)
        SELECT (lpad(to_hex((extract(epoch FROM sent_at) * 1000)::bigint), 12, '0')
                   || '7' || substr(hash, 1, 3) || '8' || substr(hash, 4, 15))::uuid,
               $1, $2, hash::uuid, md5('c' || $1::text || CASE WHEN n % 4 = 0 THEN n - 1 ELSE n END)::uuid, md5('s' || $1::text || n)::uuid,
               'AAMkAGI1AAAo' || hash, '<' || hash || '@load.test>',
               (ARRAY['Offer','Contract','Invoice','Meeting notes','Project plan','Question about order','Draft of report','Delivery'])
                   [1 + floor(u_subject * 8)::int]
                   || ' ' || (10000 + n),
               person || '@' || domain, domain, ARRAY[person || '@' || domain],
               CASE WHEN u_subject < 0.1 THEN ARRAY['Sales'] ELSE ARRAY[]::text[] END,
               sent_at,
               CASE WHEN stopped_at IS NOT NULL THEN 'stopped' WHEN response_seconds IS NOT NULL THEN 'responded'
                    WHEN bounced_at IS NOT NULL THEN 'bounced'
                    WHEN expires_at <= $6 THEN 'expired' ELSE 'active' END,
               sent_at + interval '1 second' * response_seconds, response_seconds, CASE WHEN response_seconds IS NULL THEN 0 ELSE 1 END,
               auto_replied_at, bounced_at, expires_at, expires_at, stopped_at, 'policy', sent_at + interval '2 seconds',
               sent_at + interval '1 second' * greatest(2, coalesce(response_seconds, 2))
        FROM outcomes
        """;

    /// <summary>Inserts some of an account's mails.</summary>
    /// <param name="account">The account, and its user.</param>
    /// <param name="first">How many it has already.</param>
    /// <param name="count">How many are inserted.</param>
    /// <param name="total">How many it is to have.</param>
    /// <param name="until">The last of them was sent the day before.</param>
    /// <param name="days">The first of them was sent so many days earlier.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task InsertAsync(
        (Guid Id, Guid UserId) account,
        long first,
        long count,
        long total,
        DateTimeOffset until,
        int days,
        CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        // what a crash of the server loses can be inserted again
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SET synchronous_commit = off"));
        var insert = new NpgsqlBatchCommand(Sql);
        foreach (var value in new object[] { account.Id, account.UserId, first, count, total, until.ToUniversalTime(), days })
        {
            insert.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        batch.BatchCommands.Add(insert);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Makes caches about the accounts outdated.</summary>
    public async Task InvalidateCachesAsync(IReadOnlyList<Guid> accounts, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("UPDATE mailboxes SET data_version = data_version + 1 WHERE id = ANY ($1)");
        command.Parameters.Add(new NpgsqlParameter { Value = accounts.ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
