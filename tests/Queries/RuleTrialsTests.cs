using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using Switchboard.Core.Postgres;
using Switchboard.Core.Redis.Caching;
using Switchboard.Core.Rules;
using Switchboard.Edge.Api.Rules;

namespace Switchboard.Tests.Queries;

/// <summary>The rules of a user are made ready once for each version of them, however often they are tried.</summary>
public sealed class RuleTrialsTests(SeededDatabase seeded) : IAsyncDisposable
{
    private const int Phrases = 5_000;
    private static readonly ReceivedMessage Mail =
        new(MessageKind.Mail, "a@b.test", "c@d.test", "Invoice", "phrase number 4711 is here", DateTimeOffset.UnixEpoch, HasAttachment: false);

    private readonly ServiceProvider _services = new ServiceCollection()
        .AddLogging()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
        .AddSingleton<TimeProvider>(new FakeTimeProvider())
        .AddSingleton<IConnectionMultiplexer>(_ => throw new InvalidOperationException("The connection was not started."))
        .AddSwitchboardCache(cache => cache.Namespace(
            StoredRules.CacheNamespace, TimeSpan.FromMinutes(5), 10, maxBytes: RuleTrials.MaxBytes, bytesOf: RuleTrials.BytesOf))
        .BuildServiceProvider();

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();

    [Fact]
    public async Task A_hundred_trials_make_the_rules_ready_once_and_a_change_counts_for_the_very_next_one()
    {
        var (user, trials) = (Guid.CreateVersion7(), new RuleTrials(seeded.DataSource, _services.GetRequiredService<HybridCache>()));
        await seeded.DataSource.Command("INSERT INTO users (id, email, name, created_at) VALUES ($1, $1::text, 'u', now())", user).RunAsync(default);
        await AddRuleAsync(user, "many", Enumerable.Range(0, Phrases).Select(number => $"phrase number {number}"));
        var ready = await trials.ReadyAsync(user, default);
        ready.Bytes.ShouldBeGreaterThan(Phrases * 200L);

        for (var trial = 0; trial < 100; trial++)
            (await trials.ReadyAsync(user, default)).ShouldBeSameAs(ready);
        (await trials.EvaluateAsync(user, null, Mail, default)).ShouldHaveSingleItem().Applied.ShouldBeTrue();
        var before = GC.GetAllocatedBytesForCurrentThread();
        RuleEvaluator.Evaluate(ready.Compiled, null, Mail).Count.ShouldBe(1);
        // a state of the index for each letter would be megabytes
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000);

        await AddRuleAsync(user, "another", ["nothing"]);
        (await trials.EvaluateAsync(user, null, Mail, default)).Count.ShouldBe(2);
        (await trials.ReadyAsync(user, default)).ShouldNotBeSameAs(ready);
    }

    private async Task AddRuleAsync(Guid user, string name, IEnumerable<string> phrases)
    {
        await seeded.DataSource.Command(
            """
            INSERT INTO rules (user_id, id, name, type, sender_rules, content_rules, priority, active, continue, template, channel, recipient,
                               created_at, updated_at)
            VALUES ($1, gen_random_uuid(), $2, 'content', '{}', $3::jsonb, 0, true, true, 'x', 'sms', '+15550100001', now(), now())
            """,
            user, name, RuleJson.Write(ContentRules.None with { AnyOf = [.. phrases] })).RunAsync(default);
        await seeded.DataSource.Command("UPDATE users SET rules_version = rules_version + 1 WHERE id = $1", user).RunAsync(default);
    }
}
