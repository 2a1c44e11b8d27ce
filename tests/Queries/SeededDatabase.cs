using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Analytics.Worker.Email;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Postgres;
using Switchboard.Edge.Api.Email.Accounts;
using Switchboard.Tests.Queries;

[assembly: AssemblyFixture(typeof(SeededDatabase))]

// a refresh of one test would answer for another
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Switchboard.Tests.Queries;

/// <summary>200,000 tracked mails of 50 accounts of one user, over 180 days, and the days made of them.</summary>
public sealed class SeededDatabase : IAsyncLifetime
{
    public const int Mails = 200_000;
    public const int AccountCount = 50;

    private readonly PostgresServer _server = new();
    private ServiceProvider? _services;

    public static Guid UserId { get; } = new("00000000-0000-0000-0000-000000000001");

    /// <summary>When the last of the mails was sent; a Monday.</summary>
    public static DateTimeOffset End { get; } = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    public NpgsqlDataSource DataSource { get; private set; } = null!;

    /// <summary>Measures what is asked, as in a process.</summary>
    internal QueryMonitor Queries => _services!.GetRequiredService<QueryMonitor>();

    /// <summary>The accounts, the one with the most mails first.</summary>
    public IReadOnlyList<Guid> Accounts { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        await _server.InitializeAsync();
        DataSource = new NpgsqlDataSourceBuilder($"{_server.ConnectionString};Command Timeout=300").Build();
        _services = Services(DataSource);
        await DataSource.Command("INSERT INTO users (id, email, name, created_at) VALUES ($1, 'a@b.test', 'a', now())", UserId).RunAsync(default);
        using (var script = new StreamReader(typeof(SeededDatabase).Assembly.GetManifestResourceStream("seed-tracked-emails.sql")!))
            await DataSource.Command(await script.ReadToEndAsync(), (long)Mails, AccountCount, UserId, End).RunAsync(default);
        await DataSource.Command("VACUUM ANALYZE tracked_emails, received_emails").RunAsync(default);
        await RefreshAsync();
        await DataSource.Command("VACUUM ANALYZE tracked_email_days, tracked_email_changes").RunAsync(default);
        Accounts = await DataSource.Command("SELECT account_id FROM tracked_emails GROUP BY 1 ORDER BY count(*) DESC").ListAsync(row => row.GetGuid(0), default);
    }

    public async ValueTask DisposeAsync()
    {
        await _services!.DisposeAsync();
        await DataSource.DisposeAsync();
        await _server.DisposeAsync();
    }

    /// <summary>Measures queries of a database, as in a process.</summary>
    internal static ServiceProvider Services(NpgsqlDataSource dataSource)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddSingleton(dataSource);
        services.AddQueryMonitor();
        return services.BuildServiceProvider();
    }

    /// <summary>Makes the days that changed as the worker does.</summary>
    internal async Task RefreshAsync() =>
        (await Views(DataSource, Queries).RefreshAsync(always: true, default)).ShouldNotBeNull();

    internal static TrackingViews Views(NpgsqlDataSource dataSource, QueryMonitor queries, TimeProvider? timeProvider = null) =>
        new(dataSource, queries, Options.Create(new ViewOptions()), timeProvider ?? TimeProvider.System);

    /// <summary>Notes the hours of an account in which mails were sent as changed.</summary>
    internal Task<int> NoteAsync(Guid accountId, DateTimeOffset from, DateTimeOffset to) => DataSource.Command(
        """
        INSERT INTO tracked_email_changes AS c (account_id, hour)
        SELECT DISTINCT account_id, date_bin('1 hour', sent_at, '0001-01-01 00:00Z') FROM tracked_emails
        WHERE account_id = $1 AND sent_at >= $2 AND sent_at < $3
        ON CONFLICT (account_id, hour) DO UPDATE SET version = c.version + 1
        """,
        accountId, from, to).RunAsync(default);

    /// <summary>These accounts, as their user's request has them.</summary>
    internal Task<OwnedAccounts> OwnedAsync(params Guid[] ids) => new AccountStore(DataSource).FindOwnedAsync(UserId, ids, default);

    /// <summary>
    /// Changes what became of some mails of an account, as recording its mail does: the mails, the version and the hours in one transaction.
    /// </summary>
    internal async Task AnswerAsync(Guid accountId, int seconds, int count)
    {
        await using var connection = await DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await transaction.Command(AdvisoryLocks.OfAccountMail, accountId).RunAsync(default);
        await transaction.Command(
            """
            WITH answered AS (
                UPDATE tracked_emails
                SET status = 'responded', response_at = sent_at + $2 * interval '1 second', response_seconds = $2, responses = 1, updated_at = now()
                WHERE id IN (
                    SELECT id FROM tracked_emails WHERE account_id = $1 AND status IN ('active', 'expired') ORDER BY sent_at DESC, id DESC LIMIT $3)
                RETURNING account_id, date_bin('1 hour', sent_at, '0001-01-01 00:00Z') AS hour),
            counted AS (UPDATE mailboxes SET data_version = data_version + 1 WHERE id = $1)
            INSERT INTO tracked_email_changes AS c (account_id, hour)
            SELECT DISTINCT account_id, hour FROM answered
            ON CONFLICT (account_id, hour) DO UPDATE SET version = c.version + 1
            """,
            accountId, seconds, count).RunAsync(default);
        await transaction.CommitAsync();
    }
}
