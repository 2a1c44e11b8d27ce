using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RabbitMQ.Client;
using Switchboard.Core.Jobs;
using Switchboard.Core.Media;
using Switchboard.Core.Notifications;
using Switchboard.Core.Providers;
using Switchboard.Workers.Ingest;
using Switchboard.Workers.Ingest.Email.Rules;
using Switchboard.Workers.Ingest.Sms.Media;
using Switchboard.Workers.Ingest.Sms.Messages;

namespace Switchboard.Tests.Ingest;

/// <summary>
/// What becomes of the rows and files of items, with a single connection to the database: whoever held it while the media store or the
/// cache of rules is asked would keep it from their doubles, which want it too.
/// </summary>
public sealed class MediaItemTests(PostgresServer postgres) : IClassFixture<PostgresServer>, IAsyncLifetime
{
    private readonly Guid _user = Guid.CreateVersion7();
    private readonly Guid _message = Guid.CreateVersion7();
    private readonly Guid _item = Guid.CreateVersion7();
    private ServiceProvider _services = null!;

    private NpgsqlDataSource Database => _services.GetRequiredService<NpgsqlDataSource>();

    private AskingStore Store => (AskingStore)_services.GetRequiredService<IMediaStore>();

    public async ValueTask InitializeAsync()
    {
        var database = NpgsqlDataSource.Create($"{postgres.ConnectionString};Maximum Pool Size=1;Timeout=2");
        _services = new ServiceCollection()
            .AddLogging()
            .AddMetrics()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
                new Dictionary<string, string?> { ["Jobs:ConfirmTimeoutSeconds"] = "0.1" }).Build())
            .AddSingleton(database)
            .AddSingleton(TimeProvider.System)
            .AddSingleton<HybridCache>(new AskingCache(database))
            .AddSingleton<IMediaStore>(new AskingStore(database))
            .AddSingleton<IConnectionFactory>(new ConnectionFactory { Uri = new("amqp://127.0.0.1:1") })
            .AddSingleton<IngestMetrics>()
            .AddSingleton<MediaMetrics>()
            .AddSingleton<RuleCache>()
            .AddSingleton<SmsRules>()
            .AddSingleton<MediaItemStore>()
            .AddJobPublishing()
            .AddNotifications()
            .BuildServiceProvider();
        await ExecuteAsync("INSERT INTO users (id, email, name, created_at) VALUES ($1, $1::text, 'user', now())", _user);
        await ExecuteAsync(
            """
            INSERT INTO sms_messages (id, message_sid, user_id, sender, recipient, body, media_count, outcome, received_at, processed_at)
            VALUES ($1, $1::text, $2, '+15550100001', '+15550100099', 'Look', 1, 'accepted', now(), now())
            """,
            _message, _user);
        await ExecuteAsync(
            """
            INSERT INTO enrichment_items (id, user_id, message_id, part, source, kind, status, media_url, content_type, created_at)
            VALUES ($1, $2, $3, 1, 'mms', 'image', 'pending', 'https://media.test/1', 'image/png', now())
            """,
            _item, _user, _message);
    }

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();

    [Fact]
    public async Task A_failed_item_leaves_no_file_and_no_connection_is_held_while_it_is_deleted()
    {
        var item = await ClaimAsync();
        Store.Files.Add(KeyOf(item));

        var outcome = await SettleAsync(item, Refused(item));

        outcome.ShouldBe(JobOutcome.Done);
        Store.Files.ShouldBeEmpty();
        (await StatusAsync()).ShouldBe("failed");
    }

    [Fact]
    public async Task A_try_that_was_overtaken_deletes_its_file_alone()
    {
        var overtaken = await ClaimAsync();
        var item = await ClaimAsync();
        Store.Files.Add(KeyOf(overtaken));
        Store.Files.Add(KeyOf(item));

        (await SettleAsync(item, new EnrichmentResult.Completed(KeyOf(item), "image/png", 1, null))).ShouldBe(JobOutcome.Done);
        (await SettleAsync(overtaken, Refused(overtaken))).ShouldBe(JobOutcome.Done);

        Store.Files.ShouldBe([KeyOf(item)]);
        (await StatusAsync()).ShouldBe("completed");
        (await EventsAsync()).ShouldBe([$"enrichment.completed image {_item}"]);
    }

    private static string KeyOf(MediaItem item) => MediaKey.Of(item.UserId, item.Id, item.Attempt);

    private static EnrichmentResult.Failed Refused(MediaItem item) =>
        new(new(FailureKind.Permanent, "It is a program."), "It is a program.", KeyOf(item));

    private async Task<MediaItem> ClaimAsync() =>
        (await _services.GetRequiredService<MediaItemStore>().ClaimAsync([_item], default))[_item];

    // nothing is fetched here, so nothing that fetches is needed
    private Task<JobOutcome> SettleAsync(MediaItem item, EnrichmentResult result) => new EnrichMediaHandler(
        Database, _services.GetRequiredService<MediaItemStore>(), enrichment: null!, Store, _services.GetRequiredService<RuleCache>(),
        _services.GetRequiredService<SmsRules>(), _services.GetRequiredService<JobOutbox>(), _services.GetRequiredService<MediaMetrics>(),
        TimeProvider.System)
        .SettleAsync(item, result, ItemDecision.For(result, isLastAttempt: false), default);

    private async Task<string?> StatusAsync()
    {
        await using var command = Database.CreateCommand("SELECT status FROM enrichment_items WHERE id = $1");
        command.Parameters.Add(new() { Value = _item });
        return (string?)await command.ExecuteScalarAsync();
    }

    private async Task<List<string>> EventsAsync()
    {
        await using var command = Database.CreateCommand(
            """
            SELECT concat_ws(' ', fact ->> 'kind', fact ->> 'channel', fact ->> 'subjectId')
            FROM scheduled_jobs, json_array_elements(payload -> 'facts') AS fact
            WHERE type = 'record-facts' AND fact ->> 'userId' = $1
            """);
        command.Parameters.Add(new() { Value = _user.ToString() });
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<string>();
        while (await reader.ReadAsync())
            found.Add(reader.GetString(0));
        return found;
    }

    private async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    private sealed class AskingStore(NpgsqlDataSource database) : IMediaStore
    {
        public HashSet<string> Files { get; } = [];

        public Task SaveAsync(string key, string path, string contentType, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Nothing is fetched here.");

        public Task<Stream?> OpenAsync(string key, CancellationToken cancellationToken) => Task.FromResult<Stream?>(null);

        public async Task DeleteAsync(string key, CancellationToken cancellationToken)
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            Files.Remove(key);
        }
    }
}
