using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using RabbitMQ.Client;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Workers.Ingest;
using Switchboard.Workers.Ingest.Email.Bounces;
using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Tests.Ingest;

/// <summary>Tracking on a real database, with connections as Workers.Ingest has them; the broker is away.</summary>
public abstract class TrackingTest(PostgresServer postgres) : IAsyncLifetime
{
    private ServiceProvider _services = null!;

    internal TestClock Time { get; } = new(Mails.At(12));

    protected NpgsqlDataSource Database => _services.GetRequiredService<NpgsqlDataSource>();

    public ValueTask InitializeAsync()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMetrics();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Jobs:ConfirmTimeoutSeconds"] = "0.1",
        }).Build());
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton(Connect());
        services.AddSingleton<IConnectionFactory>(new ConnectionFactory { Uri = new("amqp://127.0.0.1:1") });
        services.AddOptions<TrackingOptions>();
        services.AddNotifications();
        services.AddSingleton<IngestMetrics>();
        services.AddSingleton<DueMails>();
        services.AddScoped<CheckTrackedHandler>();
        _services = services.BuildServiceProvider();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected ScheduledJobs Scheduled => _services.GetRequiredService<ScheduledJobs>();

    /// <summary>Connections of a process of their own.</summary>
    protected NpgsqlDataSource Connect()
    {
        return NpgsqlDataSource.Create(postgres.ConnectionString);
    }

    internal MailRecorder Recorder(NpgsqlDataSource? database = null) => new(
        database ?? Database, Scheduled, Options.Create(new TrackingOptions()), new MailCounter(Time), Time, NullLogger<MailRecorder>.Instance);

    internal BouncedNotifications Bounces() => new(
        Database, new(Database, secrets: null!, Time), _services.GetRequiredService<JobOutbox>(), Time, NullLogger<BouncedNotifications>.Instance);

    /// <summary>Connects an account of a new user, who tracks all unless said otherwise.</summary>
    internal async Task<TrackedMailbox> AccountAsync(TrackingPolicy? policy = null, bool isTracked = true)
    {
        var id = Guid.CreateVersion7();
        var mailbox = new TrackedMailbox(
            id, id, Mails.Owner, isTracked ? policy ?? TrackingPolicy.All : null, isTracked ? Mails.Monday.AddDays(-1) : null);
        await ExecuteAsync("INSERT INTO users (id, email, name, created_at) VALUES ($1, $1::text, 'user', now())", id);
        await ExecuteAsync(
            """
            INSERT INTO mailboxes (id, user_id, provider, address, refresh_token, status, created_at, tracking, tracking_since)
            VALUES ($1, $1, 'microsoft', $1::text || '@example.com', '\x00', 'active', now(), $2::jsonb, $3)
            """,
            id,
            mailbox.Policy is { } tracked ? TrackingJson.Write(tracked) : DBNull.Value,
            (object?)mailbox.TrackingSince ?? DBNull.Value);
        return mailbox;
    }

    internal Task<RecordedMails> RecordAsync(TrackedMailbox mailbox, params MailEnvelope[] mails) =>
        Recorder().RecordAsync(mailbox, mails, requested: false, default);

    internal async Task<IReadOnlyList<JobOutcome>> CheckAsync()
    {
        await using var scope = _services.CreateAsyncScope();
        var job = new JobDelivery<CheckTracked>(new CheckTracked(Guid.CreateVersion7()), 1, Time.GetUtcNow(), false, false, null);
        return await scope.ServiceProvider.GetRequiredService<CheckTrackedHandler>().HandleAsync([job], default);
    }

    /// <summary>Of each tracked mail its name, status, and what is known of its answers, times as hours after Monday 9:00.</summary>
    internal Task<string[]> TrackedAsync(TrackedMailbox mailbox) => ReadAsync(
        """
        SELECT concat_ws(' ', substring(internet_message_id from '<(.*)@'), status,
            'response ' || round(extract(epoch FROM response_at - $2) / 3600, 4)::float8 || 'h after ' || response_seconds || 's of ' || responses,
            'auto ' || round(extract(epoch FROM auto_replied_at - $2) / 3600, 4)::float8 || 'h',
            'bounce ' || round(extract(epoch FROM bounced_at - $2) / 3600, 4)::float8 || 'h')
        FROM tracked_emails WHERE account_id = $1 ORDER BY internet_message_id
        """,
        mailbox.Id, Mails.Monday);

    /// <summary>Of each received mail its name, kind, and what it answers.</summary>
    internal Task<string[]> ReceivedAsync(TrackedMailbox mailbox) => ReadAsync(
        """
        SELECT concat_ws(' ', substring(received.internet_message_id from '<(.*)@'), kind,
            'answers ' || substring(tracked.internet_message_id from '<(.*)@') || ' by ' || matched_by)
        FROM received_emails AS received LEFT JOIN tracked_emails AS tracked ON tracked.id = tracked_email_id
        WHERE received.account_id = $1 ORDER BY received.internet_message_id
        """,
        mailbox.Id);

    /// <summary>Of each event that waits to be published its mail, type, dimension, value, and when it happened.</summary>
    internal Task<string[]> RepliesAsync(TrackedMailbox mailbox) => ReadAsync(
        """
        SELECT concat_ws(' ', substring(internet_message_id from '<(.*)@'), fact ->> 'kind', fact ->> 'channel', fact ->> 'deliveryMs',
            round(extract(epoch FROM (fact ->> 'minute')::timestamptz - $2) / 3600) || 'h')
        FROM scheduled_jobs, json_array_elements(payload -> 'facts') AS fact
        JOIN tracked_emails AS mail ON mail.id = (fact ->> 'subjectId')::uuid
        WHERE type = 'record-facts' AND (fact ->> 'userId')::uuid = $1
        ORDER BY 1
        """,
        mailbox.UserId, Mails.Monday);

    protected async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Database.CreateCommand(sql);
        // to fill a table takes a busy machine a while
        command.CommandTimeout = 300;
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    protected async Task<string[]> ReadAsync(string sql, params object[] values)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(reader.GetValue(0).ToString()!);
        return [.. rows];
    }
}
