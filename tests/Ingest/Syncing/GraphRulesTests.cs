using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using Switchboard.Core.Email;
using Switchboard.Core.FeatureFlags;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Providers;
using Switchboard.Tests.Unit.Providers.Graph;
using Switchboard.Workers.Ingest;
using Switchboard.Workers.Ingest.Email;
using Switchboard.Workers.Ingest.Email.Rules;
using Switchboard.Workers.Ingest.Email.Sync;
using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Tests.Ingest.Syncing;

/// <summary>New mail of a mailbox at Microsoft 365 on its way to the rules and to tracking, on a real database.</summary>
public sealed class GraphRulesTests(PostgresServer postgres) : TrackingTest(postgres), IClassFixture<PostgresServer>, IAsyncDisposable
{
    private const string Away = """{"error":{"code":"ServiceUnavailable"}}""";

    private readonly GraphScript _graph = new();
    private ServiceProvider? _process;

    [Fact]
    public async Task A_new_mail_meets_a_rule_by_its_text_once_and_is_tracked()
    {
        var account = await ConnectAsync("""{"anyOf": ["please pay"], "scope": "body"}""", "{{from}} {{subject}}: {{text}}");
        Mail("m1", "Bill", name: "Acme, Inc.").Text("m1", "Please\r\n pay 42\r\n");

        (await ReadAsync(account, "m1")).ShouldBeNull();
        Mail("m1", "Bill");
        (await ReadAsync(account, "m1")).ShouldBeNull();

        (await NotificationsAsync(account)).ShouldBe(["\"Acme, Inc.\" <billing@acme.test> Bill: Please\n pay 42"]);
        (await ReadAsync("SELECT sender || ' ' || matched FROM emails WHERE user_id = $1", account.Account.UserId))
            .ShouldBe(["\"Acme, Inc.\" <billing@acme.test> 1"]);
        (await ReadAsync("SELECT subject FROM received_emails WHERE account_id = $1", account.Account.Id)).ShouldBe(["Bill"]);
        _graph.Asked.Count(call => call.Contains("id,body,", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task What_no_rule_looks_at_is_not_asked_for()
    {
        var account = await ConnectAsync("""{"anyOf": ["bill"], "scope": "subject"}""", "{{subject}}");
        Mail("m1", "The bill");

        await ReadAsync(account, "m1");

        (await NotificationsAsync(account)).ShouldBe(["The bill"]);
        _graph.Asked.ShouldNotContain(call => call.Contains("id,body,", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mail_from_before_the_connection_that_was_sent_or_is_junk_meets_no_rule()
    {
        var account = await ConnectAsync("""{"noneOf": ["never"], "scope": "subject"}""", "{{subject}}");
        Mail("old", "Old", receivedAt: account.Account.CreatedAt.AddSeconds(-5))
            .Mail("sent", "Sent", folder: "f-sentitems", from: account.Account.Address)
            .Mail("junk", "Junk", folder: "f-junkemail")
            .Mail("self", "Self", from: account.Account.Address)
            .Mail("new", "New");

        await ReadAsync(account, "old", "sent", "junk", "self", "new");

        (await NotificationsAsync(account)).ShouldBe(["New", "Self"]);
    }

    [Fact]
    public async Task A_mail_that_is_moved_has_another_id_and_is_the_same()
    {
        var account = await ConnectAsync("""{"noneOf": ["never"], "scope": "subject"}""", "{{subject}}");
        Mail("m1", "Moved").Mail("m2", "Moved", messageId: "m1", folder: "f-archive");

        await ReadAsync(account, "m1");
        await ReadAsync(account, "m2");

        (await NotificationsAsync(account)).ShouldBe(["Moved"]);
    }

    [Fact]
    public async Task A_limit_on_the_way_to_the_text_puts_the_mail_off_and_loses_nothing()
    {
        var account = await ConnectAsync("""{"anyOf": ["pay"], "scope": "body"}""", "{{subject}}");
        Mail("m1", "Bill").Text("m1", """{"error":{"code":"TooManyRequests"}}""", status: 429, retryAfter: "9");

        var fault = (await ReadAsync(account, "m1")).ShouldNotBeNull();
        (fault.Kind, fault.RetryAfter).ShouldBe((FailureKind.Throttled, TimeSpan.FromSeconds(9)));
        (await NotificationsAsync(account)).ShouldBeEmpty();

        Mail("m1", "Bill").Text("m1", "pay");
        (await ReadAsync(account, "m1")).ShouldBeNull();
        (await NotificationsAsync(account)).ShouldBe(["Bill"]);
    }

    [Fact]
    public async Task A_mail_that_Graph_does_not_give_is_set_aside_and_keeps_no_other()
    {
        var account = await ConnectAsync("""{"anyOf": ["pay"], "scope": "body"}""", "{{subject}}");
        Changes("m1", "m2").Text("m1", Away, status: 503).Text("m2", "pay");

        await Delta().ReadAsync(account.Account.Id, new(_graph.Time.GetUtcNow(), null), default);

        (await NotificationsAsync(account)).ShouldBe(["m2"]);
        (await ReadAsync("SELECT inbox_delta FROM graph_mailboxes WHERE mailbox_id = $1", account.Account.Id))
            .ShouldBe(["/me/mailFolders/inbox/messages/delta?$deltatoken=2"]);
        (await ReadAsync("SELECT type || ' ' || (payload ->> 'messageId') FROM scheduled_jobs WHERE payload ->> 'mailboxId' = $1", account.Account.Id.ToString()))
            .ShouldBe(["read-graph-mail m1"]);

        Mail("m1", "m1").Text("m1", Away, status: 503);
        (await ReadAloneAsync(account, "m1", age: TimeSpan.FromHours(1))).ShouldBeOfType<JobOutcome.SnoozeOutcome>().After.ShouldBe(TimeSpan.FromMinutes(15));
        Mail("m1", "m1").Text("m1", "pay");
        (await ReadAloneAsync(account, "m1")).ShouldBe(JobOutcome.Done);
        (await NotificationsAsync(account)).ShouldBe(["m1", "m2"]);
    }

    [Fact]
    public async Task A_limit_keeps_the_place_and_sets_nothing_aside()
    {
        var account = await ConnectAsync("""{"anyOf": ["pay"], "scope": "body"}""", "{{subject}}");
        Changes("m1", "m2").Text("m1", Away, status: 503).Text("m2", """{"error":{"code":"TooManyRequests"}}""", status: 429, retryAfter: "9");

        (await Should.ThrowAsync<ProviderException>(() => Delta().ReadAsync(account.Account.Id, new(_graph.Time.GetUtcNow(), null), default)))
            .Kind.ShouldBe(FailureKind.Throttled);

        (await ReadAsync("SELECT coalesce(inbox_delta, 'none') FROM graph_mailboxes WHERE mailbox_id = $1", account.Account.Id)).ShouldBe(["none"]);
        (await ReadAsync("SELECT type FROM scheduled_jobs WHERE payload ->> 'mailboxId' = $1", account.Account.Id.ToString())).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("UPDATE mailboxes SET status = 'revoked' WHERE id = $1", false)]
    [InlineData("DELETE FROM mailboxes WHERE id = $1", true)]
    public async Task What_was_set_aside_waits_until_its_mailbox_is_connected_again_and_goes_with_it(string change, bool isDone)
    {
        var account = await ConnectAsync("""{"anyOf": ["pay"], "scope": "body"}""", "{{subject}}");
        await ExecuteAsync(change, account.Account.Id);

        var outcome = await ReadAloneAsync(account, "m1");

        outcome.ShouldBe(isDone ? JobOutcome.Done : JobOutcome.Snooze(ReadGraphMailHandler.ShortestRest, $"The mailbox {account.Account.Id} is not connected."));
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _graph.Grants.Dispose();
        _graph.Dispose();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private GraphRulesTests Mail(
        string id,
        string subject,
        string? messageId = null,
        string folder = "f-inbox",
        string from = "billing@acme.test",
        string? name = null,
        DateTimeOffset? receivedAt = null)
    {
        _graph.On($"/me/messages/{id}?$select=id,internetMessageId", Json(id, subject, messageId, folder, from, name, receivedAt).ToJsonString());
        return this;
    }

    // two new mails, and nothing that was sent
    private GraphRulesTests Changes(params string[] mails)
    {
        var page = new JsonObject
        {
            ["value"] = new JsonArray([.. mails.Select(id => Json(id, id))]),
            ["@odata.deltaLink"] = "https://graph.test/base/v1.0/me/mailFolders/inbox/messages/delta?$deltatoken=2",
        };
        _graph.On("/me/mailFolders/inbox/messages/delta", page.ToJsonString());
        _graph.On(
            "/me/mailFolders/sentitems/messages/delta",
            """{"value":[],"@odata.deltaLink":"https://graph.test/base/v1.0/me/mailFolders/sentitems/messages/delta?$deltatoken=2"}""");
        return this;
    }

    private JsonObject Json(
        string id,
        string subject,
        string? messageId = null,
        string folder = "f-inbox",
        string from = "billing@acme.test",
        string? name = null,
        DateTimeOffset? receivedAt = null) => new()
        {
            ["id"] = id,
            ["internetMessageId"] = $"<{messageId ?? id}@acme.test>",
            ["subject"] = subject,
            ["from"] = new JsonObject { ["emailAddress"] = new JsonObject { ["name"] = name, ["address"] = from } },
            ["toRecipients"] = new JsonArray(new JsonObject { ["emailAddress"] = new JsonObject { ["address"] = "me@example.com" } }),
            ["receivedDateTime"] = (receivedAt ?? _graph.Time.GetUtcNow()).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
            ["parentFolderId"] = folder,
        };

    private GraphRulesTests Text(string id, string text, int status = 200, string? retryAfter = null)
    {
        var body = status == 200
            ? new JsonObject { ["id"] = id, ["body"] = new JsonObject { ["contentType"] = "text", ["content"] = text }, ["hasAttachments"] = false }.ToJsonString()
            : text;
        _graph.On($"/me/messages/{id}?$select=id,body", body, status, retryAfter);
        return this;
    }

    private async Task<GraphAccount> ConnectAsync(string content, string template)
    {
        foreach (var folder in (string[])["sentitems", "inbox", "junkemail"])
            _graph.On($"/me/mailFolders/{folder}", $$"""{"id":"f-{{folder}}"}""");
        _graph.On("/me/mailFolders/deleteditems", """{"error":{"code":"ErrorItemNotFound"}}""", status: 404);
        var tracked = await AccountAsync();
        await ExecuteAsync(
            """
            INSERT INTO rules (id, user_id, name, type, sender_rules, content_rules, priority, active, continue, template, channel, recipient,
                created_at, updated_at)
            VALUES ($1, $1, 'Rule', 'content', '{}', $2::jsonb, 1, true, false, $3, 'whatsapp', '+15550100001', now(), now())
            """,
            tracked.UserId, content, template);
        var account = new MailAccount(
            tracked.Id, tracked.UserId, MailProviders.Microsoft, tracked.Address, IsActive: true, tracked.Policy, tracked.TrackingSince,
            _graph.Time.GetUtcNow().AddHours(-1));
        _graph.GrantFor(account.Id);
        await ExecuteAsync("UPDATE mailboxes SET created_at = $2 WHERE id = $1", account.Id, account.CreatedAt);
        await ExecuteAsync("INSERT INTO graph_mailboxes (mailbox_id, subscription_id) VALUES ($1, $1::text)", account.Id);
        return new(account, null, null, "s", null, null);
    }

    private Task<ProviderFailure?> ReadAsync(GraphAccount account, params string[] messages) => Reader().ReadAsync(
        account, new(messages, [], [0]), new(_graph.Time.GetUtcNow(), null), default);

    private Task<string[]> NotificationsAsync(GraphAccount account) =>
        ReadAsync("SELECT body FROM notifications WHERE user_id = $1 ORDER BY body", account.Account.UserId);

    private GraphDelta Delta()
    {
        var (newMail, pipeline) = Parts();
        return new(
            _graph.Client, new(Database, _graph.Time), newMail, pipeline, Database, _process!.GetRequiredService<ScheduledJobs>(),
            _process!.GetRequiredService<IngestMetrics>(), Options.Create(new GraphOptions { ApiBaseUrl = new("https://graph.test/base/") }),
            Options.Create(new SyncOptions()), _graph.Time, NullLogger<GraphDelta>.Instance);
    }

    private async Task<JobOutcome> ReadAloneAsync(GraphAccount account, string message, TimeSpan age = default)
    {
        var job = new ReadGraphMail(Guid.CreateVersion7(), account.Account.Id, message, _graph.Time.GetUtcNow() - age);
        var handler = new ReadGraphMailHandler(new(Database, _graph.Time), Reader(), Options.Create(new MailboxOptions()), _graph.Time);
        return (await handler.HandleAsync([new(job, 1, _graph.Time.GetUtcNow(), false, false, null)], default)).Single();
    }

    private GraphChangeReader Reader()
    {
        var (newMail, pipeline) = Parts();
        return new(
            _graph.Client, _folders ??= new(_graph.Client, new TimedCache(_graph.Time)), delta: null!, subscribing: null!, newMail, pipeline,
            revocation: null!, _process!.GetRequiredService<FeatureRollout>(), _process!.GetRequiredService<IngestMetrics>());
    }

    private (GraphNewMail NewMail, MailPipeline Pipeline) Parts()
    {
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddMetrics();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            [Feature.BatchIngestion.Flag] = "true",
            [Feature.BatchWebhooks.Flag] = "true",
            ["Jobs:ConfirmTimeoutSeconds"] = "0.1",
        }).Build());
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(Database);
        services.AddSingleton<IConnectionFactory>(new ConnectionFactory { Uri = new("amqp://127.0.0.1:1") });
        services.AddRollout();
        services.AddJobPublishing();
        services.AddNotifications();
        services.AddSingleton<IngestMetrics>();
        _process ??= services.BuildServiceProvider();
        var (rollout, metrics, cache) = (
            _process.GetRequiredService<FeatureRollout>(), _process.GetRequiredService<IngestMetrics>(), new TimedCache(_graph.Time));
        var rules = new RuleCache(Database, cache);
        var pipeline = new MailPipeline(
            new(Database, rules, _process.GetRequiredService<NotificationStore>(), _process.GetRequiredService<JobOutbox>(), _graph.Time, metrics),
            new(Recorder(), rollout, metrics),
            Bounces(),
            NullLogger<MailPipeline>.Instance);
        var newMail = new GraphNewMail(
            _graph.Client, rules, Database, Options.Create(new MailboxOptions()), Options.Create(new SyncOptions()), _graph.Time,
            NullLogger<GraphNewMail>.Instance);
        return (newMail, pipeline);
    }

    private GraphFolders? _folders;
}
