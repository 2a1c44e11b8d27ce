using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Workers.Ingest.Email.Tracking;
using static Switchboard.Tests.Ingest.Mails;
using Match = System.Text.RegularExpressions.Match;

namespace Switchboard.Tests.Ingest;

/// <summary>
/// The plans of the statements as they are really run: when the tables are empty, as at the first start; when they have grown and nobody
/// has counted them yet; and when they are large, for an account that is known to the planner and for a new one. None may read more than
/// what it looks for.
/// </summary>
public sealed partial class PlanTests(PostgresServer postgres) : TrackingTest(postgres), IClassFixture<PostgresServer>
{
    private const string Explain =
        " -c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=0 -c auto_explain.log_analyze=on -c auto_explain.log_timing=off"
        + " -c client_min_messages=log";

    private readonly PostgresServer _postgres = postgres;
    private readonly FakeLogCollector _log = new();

    [Fact]
    public async Task Every_look_up_is_by_its_index_among_two_hundred_thousand_mails()
    {
        var account = await AccountAsync();
        await using var database = Explained();
        var recorder = new MailRecorder(database, Scheduled, Options.Create(new TrackingOptions()), new MailCounter(Time), Time, NullLogger<MailRecorder>.Instance);
        for (var n = 0; n < 20; n++)
        {
            await recorder.RecordAsync(account, Batch($"early{n}"), requested: false, default);
            // as a sync has it done
            if (n % 4 == 3)
                await ExecuteAsync("ANALYZE tracked_emails, received_emails");
        }

        // of the first ones, which nobody has counted, it may read all
        ShouldReadLittle(Plans(), mostRemoved: 1_000);

        await FillAsync(account);
        await ShouldReadLittleAsync(recorder, account, "kept");
        await ExecuteAsync("ANALYZE tracked_emails");
        await ExecuteAsync("ANALYZE received_emails");
        await ShouldReadLittleAsync(recorder, account, "reconnected");
        await ShouldClaimByIndexAsync(database);

        // one that was not there when the tables were counted
        var newcomer = await AccountAsync();
        MailEnvelope[] stored = [.. Enumerable.Range(0, 50).Select(n => Sent($"stored{n}", subject: $"Stored {n}", conversation: $"stored{n}"))];
        await recorder.RecordAsync(newcomer, stored, requested: false, default);
        for (var n = 0; n < 10; n++)
            await recorder.RecordAsync(newcomer, Batch($"new{n}"), requested: false, default);
        await ShouldReadLittleAsync(recorder, newcomer, "newcomer");
    }

    private async Task ShouldReadLittleAsync(MailRecorder recorder, TrackedMailbox account, string name)
    {
        _log.Clear();
        (await recorder.RecordAsync(account, Batch(name), requested: false, default)).Tracked.ShouldBe(200);
        var plans = Plans();

        plans.ShouldNotContain("Seq Scan on tracked_emails");
        plans.ShouldNotContain("Seq Scan on received_emails");
        foreach (var index in (string[])[
            "idx_tracked_emails_message", "idx_tracked_emails_conversation", "idx_tracked_emails_subject", "tracked_emails_pkey",
            "idx_received_emails_message", "idx_received_emails_conversation", "idx_received_emails_subject", "idx_received_emails_names",
            "idx_received_emails_tracked", "idx_received_emails_reported", "idx_tracked_emails_terms"])
            plans.ShouldContain($" {index} ");
        ShouldReadLittle(plans, mostRemoved: 5);
    }

    // what the server says beside its answers; Npgsql asks for the types of the database, too
    private string Plans() => string.Join("\n\n", _log.GetSnapshot()
        .Where(line => line.Id.Name?.Contains("Notice", StringComparison.Ordinal) == true && line.Message.Contains("_emails", StringComparison.Ordinal))
        .Select(line => line.Message));

    private static void ShouldReadLittle(string plans, long mostRemoved)
    {
        foreach (Match node in Node().Matches(plans))
            (Number(node, 1) * Number(node, 2)).ShouldBeLessThan(3_000, plans);
        foreach (Match removed in Removed().Matches(plans))
            Number(removed, 1).ShouldBeLessThan(mostRemoved, plans);
    }

    private async Task ShouldClaimByIndexAsync(NpgsqlDataSource database)
    {
        _log.Clear();
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();

        (await DueMailStore.ClaimAsync(transaction, Monday.AddDays(80), limit: 40, default)).Count.ShouldBe(40);
        // a plan is told when its statement is closed
        await transaction.CommitAsync();

        var plans = Plans();
        plans.ShouldContain("Index Scan using idx_tracked_emails_active_tracking on tracked_emails");
        plans.ShouldContain(" idx_notifications_dedup ");
        foreach (Match node in Node().Matches(plans))
            Number(node, 1).ShouldBe(40, plans);
    }

    // answers of each kind to what is in the batch, and to what is stored; what is sent is answered by stored ones
    private static MailEnvelope[] Batch(string name) =>
    [
        .. Enumerable.Range(0, 200).Select(n => Sent($"{name}-{n}", n % 50, subject: $"Offer {name} {n}", conversation: $"{name}-{n}")),
        .. Enumerable.Range(0, 50).Select(n => Received($"{name}-a{n}", 60, answers: $"{name}-{n}")),
        .. Enumerable.Range(0, 50).Select(n => Received($"{name}-b{n}", 60, answers: $"stored{n}")),
        .. Enumerable.Range(0, 50).Select(n => Received($"{name}-c{n}", 60, conversation: $"stored{n}")),
        .. Enumerable.Range(0, 50).Select(n => Received($"{name}-d{n}", 60, subject: $"Re: Stored {n}")),
        .. Enumerable.Range(0, 5).Select(n => Report($"{name}-e{n}", 60, $"{name}{n}@contoso.test")),
    ];

    private async Task FillAsync(TrackedMailbox account)
    {
        await ExecuteAsync(
            """
            INSERT INTO tracked_emails (id, account_id, user_id, message_key, conversation_key, subject_key, provider_id, internet_message_id, subject,
                recipient, recipient_domain, recipients, categories, sent_at, status, expires_at, next_check_at, tracked_by, created_at, updated_at)
            SELECT gen_random_uuid(), $1, $1, encode(substr(sha256(('<stored' || n || '@example.com>')::bytea), 1, 16), 'hex')::uuid,
                encode(substr(sha256(('stored' || n)::bytea), 1, 16), 'hex')::uuid, encode(substr(sha256(('stored ' || n)::bytea), 1, 16), 'hex')::uuid,
                'p' || n, '<stored' || n || '@example.com>', 'Stored ' || n, 'ann@contoso.test', 'contoso.test', ARRAY['ann@contoso.test'], '{}',
                $2 + n * interval '1 second' / 10, 'active', $2 + interval '90 days', $2 + interval '80 days' + (n - 100) * interval '1 second',
                'policy', now(), now()
            FROM generate_series(0, 199999) AS n
            """,
            account.Id, Monday);
        await ExecuteAsync(
            """
            INSERT INTO received_emails (id, account_id, message_key, conversation_key, subject_key, names, provider_id, internet_message_id, sender,
                subject, kind, is_answer_subject, received_at, created_at)
            SELECT gen_random_uuid(), $1, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), ARRAY[gen_random_uuid()], 'p' || n, 'm' || n,
                'ann@contoso.test', 'Something', 'reply', true, $2 + n * interval '1 second', now()
            FROM generate_series(0, 199999) AS n
            """,
            account.Id, Monday);
    }

    private NpgsqlDataSource Explained()
    {
        var source = new NpgsqlDataSourceBuilder(_postgres.ConnectionString);
        source.ConnectionStringBuilder.MaxPoolSize = 1;
        source.ConnectionStringBuilder.Options = Explain;
        source.UseLoggerFactory(new LoggerFactory([new FakeLoggerProvider(_log)], new LoggerFilterOptions { MinLevel = LogLevel.Debug }));
        return source.Build();
    }

    private static long Number(Match match, int group) => long.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    // what is read of a table; the statements themselves may carry more
    [GeneratedRegex(@"Scan [^\n]*(?:tracked_emails|received_emails)[^\n]*\(actual rows=(\d+) loops=(\d+)\)")]
    private static partial Regex Node();

    [GeneratedRegex(@"Rows Removed by (?:Filter|Index Recheck|Join Filter): (\d+)")]
    private static partial Regex Removed();
}
