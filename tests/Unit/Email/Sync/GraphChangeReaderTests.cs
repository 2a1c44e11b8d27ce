using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Switchboard.Core.Email;
using Switchboard.Core.FeatureFlags;
using Switchboard.Core.Jobs;
using Switchboard.Core.Providers;
using Switchboard.Tests.Unit.Diagnostics;
using Switchboard.Tests.Unit.Providers.Graph;
using Switchboard.Workers.Ingest;
using Switchboard.Workers.Ingest.Email;
using Switchboard.Workers.Ingest.Email.Bounces;
using Switchboard.Workers.Ingest.Email.Sync;
using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Tests.Unit.Email.Sync;

public sealed class GraphChangeReaderTests : IDisposable
{
    private const string Gone = """{"error":{"code":"ErrorItemNotFound"}}""";
    private const string Draft = """{"id":"b","isDraft":true}""";

    private readonly GraphScript _graph = new();
    private ServiceProvider? _services;

    public void Dispose()
    {
        _services?.Dispose();
        _graph.Grants.Dispose();
        _graph.Dispose();
    }

    [Fact]
    public async Task A_few_mails_are_got_by_one_batch_and_what_is_gone_or_a_draft_is_nothing_to_wait_for()
    {
        _graph.On("/me/messages/a", Gone, status: 404).On("/me/messages/b", Draft).On("/me/messages/c", Gone, status: 404);

        (await ReadAsync(inBatches: true)).ShouldBeNull();

        _graph.Gate.Passed.ShouldBe([3]);
    }

    [Theory]
    [InlineData(FailureKind.Transient, 6, true)]
    [InlineData(FailureKind.GrantRevoked, 6, true)]
    [InlineData(FailureKind.Transient, 7, false)]
    [InlineData(FailureKind.Permanent, 0, false)]
    public void A_mail_that_was_set_aside_is_asked_for_until_the_rules_would_not_take_it_any_more(FailureKind kind, int days, bool again) =>
        (ReadGraphMailHandler.OutcomeOf(new(kind, "x"), TimeSpan.FromDays(days), TimeSpan.FromDays(7)) is JobOutcome.SnoozeOutcome).ShouldBe(again);

    [Fact]
    public async Task By_the_plain_path_each_is_got_by_itself()
    {
        _graph.On("/me/messages/a", Gone, status: 404).On("/me/messages/b", Draft).On("/me/messages/c", Gone, status: 404);

        (await ReadAsync(inBatches: false)).ShouldBeNull();

        _graph.Gate.Passed.ShouldBe([1, 1, 1]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_limit_is_an_answer_and_nothing_that_the_other_path_would_do_better(bool inBatches)
    {
        _graph.OnBatch("""{"error":{"code":"TooManyRequests"}}""", status: 429, retryAfter: "9");

        var fault = await ReadAsync(inBatches);

        fault.ShouldNotBeNull();
        (fault.Kind, fault.RetryAfter).ShouldBe((FailureKind.Throttled, TimeSpan.FromSeconds(9)));
        _graph.Gate.Passed.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Of_an_account_that_is_not_active_nothing_is_read()
    {
        (await ReadAsync(inBatches: true, isActive: false)).ShouldBeNull();

        _graph.Asked.ShouldBeEmpty();
    }

    private Task<ProviderFailure?> ReadAsync(bool inBatches, bool isActive = true)
    {
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
                [new(Feature.BatchWebhooks.Flag, inBatches ? "true" : "false")]).Build())
            .AddRollout()
            .BuildServiceProvider();
        var rollout = _services.GetRequiredService<FeatureRollout>();
        var metrics = new IngestMetrics(new Meters());
        // there is nothing to record, to renew or to revoke
        var reader = new GraphChangeReader(
            _graph.Client,
            new GraphFolders(_graph.Client, new TimedCache(_graph.Time)),
            delta: null!,
            subscribing: null!,
            new(_graph.Client, ruleCache: null!, dataSource: null!, Options.Create(new MailboxOptions()), Options.Create(new SyncOptions()), _graph.Time,
                NullLogger<GraphNewMail>.Instance),
            new(
                rules: null!,
                new(recorder: null!, rollout, metrics),
                new(dataSource: null!, addresses: null!, outbox: null!, _graph.Time, NullLogger<BouncedNotifications>.Instance),
                NullLogger<MailPipeline>.Instance),
            revocation: null!,
            rollout,
            metrics);
        var account = new MailAccount(
            GraphScript.Account, Guid.CreateVersion7(), MailProviders.Microsoft, "ann@x.test", isActive, null, null, _graph.Time.GetUtcNow());
        return reader.ReadAsync(
            new(account, null, null, "s", null, null), new(["a", "b", "c"], [], [0]), new(_graph.Time.GetUtcNow(), null), default);
    }
}
