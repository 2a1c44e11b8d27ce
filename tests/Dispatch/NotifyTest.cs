using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Notify;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Core.Security;
using Switchboard.Workers.Dispatch.Notifications.Planning;

namespace Switchboard.Tests.Dispatch;

/// <summary>The handlers of planning on a real database; their jobs are run by the test, in the order in which they are due.</summary>
public abstract class NotifyTest(PostgresServer postgres) : DispatchTest(postgres)
{
    protected Guid User { get; } = Guid.CreateVersion7();

    protected CategoryStore Categories => Services.GetRequiredService<CategoryStore>();

    protected override void Configure(IServiceCollection services)
    {
        services.AddPlanning();
        services.AddScoped<IJobHandler<ExpandNotify>, ExpandNotifyHandler>();
        services.AddScoped<IJobHandler<ReleaseHeld>, ReleaseHeldHandler>();
        services.AddScoped<IJobHandler<ReleaseDigest>, ReleaseDigestHandler>();
        services.AddScoped<IJobHandler<ContinueFallback>, ContinueFallbackHandler>();
        services.AddScoped<IJobHandler<CancelNotify>, CancelNotifyHandler>();
    }

    /// <summary>A recipient with a number for WhatsApp and SMS and an address for email.</summary>
    protected async Task<Guid> AddRecipientAsync(string id, string? timeZone = null)
    {
        var row = Guid.CreateVersion7();
        await AddUserAsync(User);
        await ExecuteAsync(
            "INSERT INTO recipients (id, user_id, external_id, time_zone, created_at, updated_at) VALUES ($1, $2, $3, $4, now(), now())",
            row, User, id, (object?)timeZone ?? DBNull.Value);
        foreach (var (channel, address) in new[] { ("whatsapp", NumberOf(id)), ("sms", NumberOf(id)), ("email", $"{id}@example.com") })
            await ExecuteAsync(
                """
                INSERT INTO recipient_addresses (id, user_id, recipient_id, channel, address, fingerprint, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, now())
                """,
                Guid.CreateVersion7(), User, row, channel, address, RecipientAddressStore.Fingerprint(channel, "", address));
        return row;
    }

    /// <summary>A device that gets push messages.</summary>
    protected Task AddDeviceAsync(Guid recipient)
    {
        var id = Guid.CreateVersion7();
        return ExecuteAsync(
            """
            INSERT INTO recipient_addresses (id, user_id, recipient_id, channel, service, secret, fingerprint, created_at)
            VALUES ($1, $2, $3, 'push', 'fcm', $4, $5, now())
            """,
            id, User, recipient, Services.GetRequiredService<SecretProtector>().Protect("token", SecretColumn.RecipientAddress, id),
            RecipientAddressStore.Fingerprint("push", "fcm", "token"));
    }

    protected static string NumberOf(string id) => $"+1555{Math.Abs(id.GetHashCode(StringComparison.Ordinal)) % 10_000_000:D7}";

    protected Task SetCategoryAsync(CategorySettings settings) => Categories.SetAsync(User, settings, 100, default);

    protected Task PreferAsync(Guid recipient, PreferenceSet preferences) =>
        Services.GetRequiredService<PreferenceStore>().ChangeAsync(User, recipient, _ => preferences, default);

    protected static PreferenceSet Never(string channel) =>
        new(new Dictionary<string, IReadOnlyDictionary<string, bool>> { ["*"] = new Dictionary<string, bool> { [channel] = false } }, null);

    /// <summary>From an hour ago until an hour from now, whatever the day.</summary>
    protected PreferenceSet QuietNow()
    {
        var now = Time.GetUtcNow();
        var (from, to) = (TimeOnly.FromDateTime(now.AddHours(-1).UtcDateTime), TimeOnly.FromDateTime(now.AddHours(1).UtcDateTime));
        return PreferenceSet.None with { QuietHours = [new([1, 2, 3, 4, 5, 6, 7], new(from.Hour, from.Minute), new(to.Hour, to.Minute))] };
    }

    /// <summary>A request as the edge stores it, and its first job.</summary>
    protected async Task<ExpandNotify> AskAsync(NotifyRequest request, string category = "default")
    {
        var id = Guid.CreateVersion7(Time.GetUtcNow());
        await AddUserAsync(User);
        await ExecuteAsync(
            "INSERT INTO notify_requests (id, user_id, category, priority, request, created_at) VALUES ($1, $2, $3, 2, $4::jsonb, now())",
            id, User, category, request.Write());
        return new(Guid.CreateVersion7(), User, id, 0, null, JobPriority.Normal);
    }

    protected static NotifyRequest To(params string[] ids) =>
        new() { To = [.. ids.Select(id => new NotifyTarget { Id = id })], Content = new("Subject", "text"), Channels = ["whatsapp"] };

    protected async Task<JobOutcome> RunAsync<TJob>(TJob job)
        where TJob : IJob =>
        (await RunAllAsync([job])).ShouldHaveSingleItem();

    /// <summary>Runs jobs in one batch.</summary>
    protected async Task<IReadOnlyList<JobOutcome>> RunAllAsync<TJob>(IReadOnlyList<TJob> jobs)
        where TJob : IJob
    {
        await using var scope = Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IJobHandler<TJob>>().HandleAsync(
            [.. jobs.Select(job => new JobDelivery<TJob>(job, 1, Time.GetUtcNow(), false, false, null))], default);
    }

    /// <summary>The jobs of a type that wait for this user, the next to be due first.</summary>
    internal async Task<List<TJob>> WaitingAsync<TJob>()
        where TJob : IJob =>
    [
        .. (await ReadAsync(
            $"""
            SELECT payload::text FROM scheduled_jobs
            WHERE type = '{TJob.Type.Name}' AND payload ->> 'userId' = $1::text ORDER BY due_at, id
            """, User))
            .Select(payload => JsonSerializer.Deserialize<TJob>(payload, JsonSerializerOptions.Web)!),
    ];

    /// <summary>Each delivery of a request: recipient, channel, state, reason.</summary>
    protected async Task<string> DeliveriesAsync(Guid requestId) => string.Join(", ", await ReadAsync(
        """
        SELECT concat_ws(' ', recipient, nullif(channel, ''), state, reason) FROM notify_deliveries
        WHERE request_id = $1 ORDER BY recipient, step, channel
        """, requestId));

    /// <summary>Each notification of the user: channel, recipient, state, body.</summary>
    protected Task<List<string>> SentAsync() => ReadAsync(
        "SELECT concat_ws(' ', channel, recipient, delivery_status, body) FROM notifications WHERE user_id = $1 ORDER BY channel DESC, id", User);

    /// <summary>Runs it once with an error of the database where it inserts into a table: what a process that dies there leaves.</summary>
    protected async Task DiesAtAsync(string table, Func<Task> run)
    {
        await ExecuteAsync(
            $"""
            CREATE OR REPLACE FUNCTION dies() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'dies here'; END $$;
            CREATE TRIGGER dies BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION dies();
            """);
        (await Should.ThrowAsync<Npgsql.PostgresException>(run)).MessageText.ShouldBe("dies here");
        await ExecuteAsync($"DROP TRIGGER dies ON {table}");
    }

    protected Task<IReadOnlyList<JobOutcome>> StatusAsync(Guid notificationId, DeliveryStatus status) =>
        ApplyAsync([new DeliveryStatusUpdate($"wamid.{notificationId}", notificationId, status, Time.GetUtcNow())]);

    protected async Task<Guid> NotificationAsync(string channel) => Guid.Parse((await ReadAsync(
        $"SELECT id::text FROM notifications WHERE user_id = $1 AND channel = '{channel}'", User)).ShouldHaveSingleItem());
}
