using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RabbitMQ.Client;
using StackExchange.Redis;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Redis.Limits;
using Switchboard.Core.Security;
using Switchboard.Workers.Dispatch.Notifications;
using Switchboard.Workers.Dispatch.Notifications.Planning;

namespace Switchboard.Tests.Dispatch;

/// <summary>The handler on a real database, with a channel of the test's; Redis and the broker cannot be reached.</summary>
public abstract class DispatchTest(PostgresServer postgres) : IAsyncLifetime
{
    private ServiceProvider _services = null!;

    /// <summary>The quota of a user.</summary>
    protected virtual int NotificationsPerDay => 1_000;

    internal TestChannel Channel { get; } = new();

    internal TestTime Time { get; } = new();

    protected IServiceProvider Services => _services;

    protected NpgsqlDataSource Database => _services.GetRequiredService<NpgsqlDataSource>();

    protected NotificationStore Notifications => _services.GetRequiredService<NotificationStore>();

    public ValueTask InitializeAsync()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Jobs:ConfirmTimeoutSeconds"] = "0.1",
            ["Encryption:Key"] = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
            ["Webhooks:AllowedNetworks:0"] = "127.0.0.0/8",
            ["Quotas:NotificationsPerDay"] = NotificationsPerDay.ToString(CultureInfo.InvariantCulture),
        }).Build());
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton(NpgsqlDataSource.Create(postgres.ConnectionString));
        services.AddSingleton<IConnectionFactory>(new ConnectionFactory { Uri = new("amqp://127.0.0.1:1") });
        services.AddSingleton<IConnectionMultiplexer>(_ => throw new InvalidOperationException("The connection was not started."));
        services.AddSingleton<Workers.Dispatch.Channels.IChannel>(Channel);
        services.AddSwitchboardLimits();
        services.AddSecretProtector();
        services.AddDispatchCache();
        services.AddSending();
        services.AddNotifications();
        services.AddScoped<SendNotificationHandler>();
        services.AddScoped<ApplyDeliveryStatusesHandler>();
        Configure(services);
        _services = services.BuildServiceProvider();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        // an instance that was given: the container leaves it open
        var database = Database;
        await _services.DisposeAsync();
        await database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>What a test needs beside what sends.</summary>
    protected virtual void Configure(IServiceCollection services)
    {
    }

    protected async Task<Guid> CreateAsync(string status = "pending", string channel = "whatsapp", DateTimeOffset? sendAt = null)
    {
        var id = Guid.CreateVersion7();
        await AddUserAsync(id);
        await ExecuteAsync(
            """
            INSERT INTO notifications (id, user_id, channel, recipient, body, priority, delivery_status, source, created_at, send_at, sending_at, attempts)
            VALUES ($1, $1, $2, '+1', 'text', 1, $3, 'api', $4, $5, CASE $3 WHEN 'sending' THEN $4 END, CASE $3 WHEN 'sending' THEN 1 ELSE 0 END)
            """,
            id, channel, status, Time.GetUtcNow(), (object?)sendAt ?? DBNull.Value);
        return id;
    }

    protected Task AddUserAsync(Guid id) =>
        ExecuteAsync("INSERT INTO users (id, email, name, created_at) VALUES ($1, $1::text, 'user', now()) ON CONFLICT DO NOTHING", id);

    protected async Task<JobOutcome> HandleAsync(Guid id, bool isLast = false, bool isReplay = false) =>
        (await HandleAsync([id], isLast, isReplay)).ShouldHaveSingleItem();

    protected async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        Guid[] ids, bool isLast = false, bool isReplay = false, CancellationToken cancellationToken = default)
    {
        await using var scope = _services.CreateAsyncScope();
        var batch = ids.Select(id => new JobDelivery<SendNotification>(
            new SendNotification(Guid.CreateVersion7(), id, JobPriority.High), 1, Time.GetUtcNow(), isLast, isReplay, null));
        return await scope.ServiceProvider.GetRequiredService<SendNotificationHandler>().HandleAsync([.. batch], cancellationToken);
    }

    protected Task<IReadOnlyList<JobOutcome>> ApplyAsync(params DeliveryStatusUpdate[][] callbacks) => ApplyAsync(isLast: false, callbacks);

    protected async Task<IReadOnlyList<JobOutcome>> ApplyAsync(bool isLast, params DeliveryStatusUpdate[][] callbacks)
    {
        await using var scope = _services.CreateAsyncScope();
        var batch = callbacks.Select(updates => new JobDelivery<ApplyDeliveryStatuses>(
            new ApplyDeliveryStatuses(Guid.CreateVersion7(), updates), 1, Time.GetUtcNow(), isLast, false, null));
        return await scope.ServiceProvider.GetRequiredService<ApplyDeliveryStatusesHandler>().HandleAsync([.. batch], default);
    }

    protected async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>State, attempts begun, provider's id.</summary>
    protected async Task<string> NotificationAsync(Guid id) => string.Join(' ', await ReadAsync(
        "SELECT concat_ws(' ', delivery_status, attempts, provider_message_id) FROM notifications WHERE id = $1", id));

    /// <summary>Number and outcome of each attempt.</summary>
    protected async Task<string> AttemptsAsync(Guid id) => string.Join(", ", await ReadAsync(
        "SELECT concat_ws(' ', number, outcome, provider_status) FROM notification_attempts WHERE notification_id = $1 ORDER BY number", id));

    /// <summary>The kinds of the events of this notification's user that wait to be published.</summary>
    protected async Task<string> EventsAsync(Guid id) => string.Join(", ", await ReadAsync(
        """
        SELECT fact ->> 'kind' || ' ' || (fact ->> 'count')
        FROM scheduled_jobs, json_array_elements(payload -> 'facts') AS fact
        WHERE type = 'record-facts' AND (fact ->> 'userId')::uuid = $1
        ORDER BY 1
        """,
        id));

    protected async Task<List<string>> ReadAsync(string sql, Guid id)
    {
        await using var command = Database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        return rows;
    }
}
