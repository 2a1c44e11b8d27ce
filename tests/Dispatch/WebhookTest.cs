using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Switchboard.Core.Events;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications.Webhooks;
using Switchboard.Core.Security;
using Switchboard.Tests.Unit.Providers;
using Switchboard.Workers.Dispatch.Channels;
using Switchboard.Workers.Dispatch.Channels.Webhook;

namespace Switchboard.Tests.Dispatch;

/// <summary>What delivers webhooks, on a real database, to a receiver of the test's.</summary>
public abstract class WebhookTest(PostgresServer postgres) : DispatchTest(postgres)
{
    internal sealed record Received(string Path, string Id, string Timestamp, string Signature, string Body);

    internal ConcurrentQueue<Received> Arrived { get; } = new();

    internal WebhookChannel WebhookChannel =>
        Services.GetServices<IChannel>().OfType<WebhookChannel>().Single();

    protected override void Configure(IServiceCollection services)
    {
        services.AddSecretProtector();
        services.AddWebhooks();
        services.AddScoped<DeliverWebhookHandler>();
        services.AddScoped<FanOutEventsHandler>();
    }

    /// <summary>A receiver that answers what the test says, and notes what came.</summary>
    internal Task<LoopbackServer> ReceiveAsync(RequestDelegate answer) => LoopbackServer.StartAsync(async context =>
    {
        using var reader = new StreamReader(context.Request.Body);
        var headers = context.Request.Headers;
        Arrived.Enqueue(new(
            context.Request.Path, headers["webhook-id"]!, headers["webhook-timestamp"]!, headers["webhook-signature"]!, await reader.ReadToEndAsync()));
        await answer(context);
    });

    /// <summary>An endpoint with one secret.</summary>
    protected async Task<(Guid Id, string Secret)> AddEndpointAsync(Guid userId, string url, params string[] events)
    {
        var (id, secret) = (Guid.CreateVersion7(), WebhookSecret.New());
        await AddUserAsync(userId);
        await ExecuteAsync(
            "INSERT INTO webhook_endpoints (id, user_id, url, events, created_at, updated_at) VALUES ($1, $2, $3, $4, now(), now())",
            id, userId, url, events);
        await AddSecretAsync(userId, id, secret, DBNull.Value);
        return (id, secret);
    }

    protected Task AddSecretAsync(Guid userId, Guid endpointId, string secret, object expiresAt)
    {
        var id = Guid.CreateVersion7();
        return ExecuteAsync(
            "INSERT INTO webhook_secrets (id, user_id, endpoint_id, secret, created_at, expires_at) VALUES ($1, $2, $3, $4, now(), $5)",
            id, userId, endpointId, Services.GetRequiredService<SecretProtector>().Protect(secret, SecretColumn.WebhookSecret, id), expiresAt);
    }

    /// <summary>Passes events on, and answers the deliveries that there are of their user.</summary>
    protected async Task<IReadOnlyList<DeliverWebhook>> FanOutAsync(params EventRecord[] events)
    {
        await using var scope = Services.CreateAsyncScope();
        var job = new FanOutEvents(Guid.CreateVersion7(), events);
        (await scope.ServiceProvider.GetRequiredService<FanOutEventsHandler>()
            .HandleAsync([new(job, 1, Time.GetUtcNow(), false, false, null)], default)).ShouldBe([JobOutcome.Done]);
        return await DeliveriesAsync(events[0].UserId);
    }

    protected async Task<IReadOnlyList<DeliverWebhook>> DeliveriesAsync(Guid userId) =>
    [
        .. (await ReadAsync("SELECT id || ' ' || endpoint_id FROM webhook_deliveries WHERE user_id = $1 ORDER BY id", userId))
            .Select(row => row.Split(' ')).Select(row => new DeliverWebhook(Guid.Parse(row[0]), Guid.Parse(row[1]))),
    ];

    protected async Task<JobOutcome> DeliverAsync(DeliverWebhook job)
    {
        await using var scope = Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<DeliverWebhookHandler>()
            .HandleAsync([new(job, 1, Time.GetUtcNow(), false, false, null)], default)).ShouldHaveSingleItem();
    }

    /// <summary>Its state, its attempts, and of each the status or the error.</summary>
    protected async Task<string> DeliveryAsync(Guid id) => string.Join(' ', await ReadAsync(
        """
        SELECT concat_ws(' ', d.state, d.attempts, (SELECT string_agg(coalesce(a.status::text, a.error), ' ' ORDER BY a.number)
            FROM webhook_attempts a WHERE a.delivery_id = d.id))
        FROM webhook_deliveries d WHERE d.id = $1
        """,
        id));
}
