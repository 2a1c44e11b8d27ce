using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using Switchboard.Analytics.Worker.Social;
using Switchboard.Core.Jobs;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Edge.Social;

/// <summary>Health as it is computed by the analytics, and told by the API.</summary>
public sealed class AccountHealthTests(EdgeProcess edge) : IClassFixture<EdgeProcess>
{
    [Fact]
    public async Task Accounts_are_computed_told_when_they_change_and_listed_the_worst_first()
    {
        var (user, key) = await edge.NewUserAsync(Scope.Social);
        var (_, other) = await edge.NewUserAsync(Scope.Social);
        var group = Guid.CreateVersion7();
        await edge.ExecuteAsync($"INSERT INTO social_groups (id, user_id, name, created_at, updated_at) VALUES ('{group}', '{user}', 'g', now(), now())");
        var well = await AccountAsync(user, "x", "active", 10, 0);
        var failing = await AccountAsync(user, "mastodon", "active", 1, 9);
        var locked = await AccountAsync(user, "x", "suspended", 10, 0);
        await edge.ExecuteAsync($"INSERT INTO social_group_members VALUES ('{user}', '{group}', '{well}'), ('{user}', '{group}', '{failing}')");

        await using var services = Analytics();
        var scoring = services.GetRequiredService<AccountScoring>();
        await scoring.ScoreAsync(user, [well, failing, locked, Guid.CreateVersion7()], default);

        var listed = (await EdgeProcess.JsonAsync(await edge.GetAsync(key, "/api/health/accounts?page=1&limit=2")));
        ((int)listed["total"]!, (bool)listed["totalIsExact"]!).ShouldBe((3, true));
        (await WalkAsync(key, "/api/health/accounts?limit=1")).ShouldBe([locked, failing, well]);
        (await WalkAsync(key, "/api/health/accounts?band=poor")).ShouldBe([locked]);
        (await WalkAsync(key, "/api/health/accounts?platform=mastodon")).ShouldBe([failing]);
        (await WalkAsync(key, $"/api/health/accounts?groupId={group}")).ShouldBe([failing, well]);
        (await WalkAsync(other, "/api/health/accounts")).ShouldBeEmpty();

        var one = await EdgeProcess.JsonAsync(await edge.GetAsync(key, $"/api/health/accounts/{failing}"));
        ((double)one["parts"]!["successRate"]!["value"]!, (int)one["parts"]!["successRate"]!["weight"]!).ShouldBe((0.1, 35));
        one["history"]!.AsArray().Count.ShouldBe(1);
        (await edge.GetAsync(other, $"/api/health/accounts/{failing}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        var swarm = await EdgeProcess.JsonAsync(await edge.GetAsync(key, "/api/health/swarm"));
        ((long)swarm["accounts"]!, (int)swarm["worst"]!, (int)swarm["distribution"]!["poor"]!).ShouldBe((3, 0, 1));
        swarm["atRisk"]!.AsArray().Select(account => (Guid)account!["accountId"]!).ShouldBe([locked]);
        ((long)(await EdgeProcess.JsonAsync(await edge.GetAsync(key, $"/api/health/swarm?groupId={group}")))["accounts"]!).ShouldBe(2);
        (await edge.GetAsync(other, $"/api/health/swarm?groupId={group}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Only_a_change_makes_history_and_only_a_change_that_matters_an_event()
    {
        var (user, _) = await edge.NewUserAsync(Scope.Social);
        var account = await AccountAsync(user, "x", "active", 100, 0);
        await using var services = Analytics();
        var scoring = services.GetRequiredService<AccountScoring>();

        await ScoreAsync();
        await ScoreAsync();
        (await CountsAsync()).ShouldBe("1 0", "the first score is no change, and the same again is none");

        // 4 of 100: each step is small, together they are told
        for (var failed = 8; failed <= 24; failed += 8)
        {
            await edge.ExecuteAsync($"UPDATE social_account_days SET failed = {failed} WHERE account_id = '{account}'");
            await ScoreAsync();
        }

        (await CountsAsync()).ShouldBe("4 1");
        await edge.ExecuteAsync($"UPDATE social_accounts SET state = 'suspended' WHERE id = '{account}'");
        await ScoreAsync();
        (await CountsAsync()).ShouldBe("5 2");

        Task ScoreAsync() => scoring.ScoreAsync(user, [account], default);

        async Task<string> CountsAsync()
        {
            await using var command = edge.Database.CreateCommand(
                $"""
                SELECT (SELECT count(*) FROM social_health_history WHERE account_id = '{account}')::text || ' ' || (
                    SELECT count(*) FROM scheduled_jobs, json_array_elements(payload -> 'facts') AS fact
                    WHERE type = 'record-facts' AND fact ->> 'kind' = 'account.health_changed' AND fact ->> 'userId' = '{user}')
                """);
            return (string)(await command.ExecuteScalarAsync())!;
        }
    }

    private async Task<List<Guid>> WalkAsync(string key, string path)
    {
        var ids = new List<Guid>();
        for (var cursor = ""; ;)
        {
            var page = await EdgeProcess.JsonAsync(await edge.GetAsync(key, path + cursor));
            ids.AddRange(page["items"]!.AsArray().Select(item => (Guid)item!["accountId"]!));
            if ((string?)page["nextCursor"] is not { } next)
                return ids;
            cursor = $"{(path.Contains('?') ? '&' : '?')}cursor={next}";
        }
    }

    private async Task<Guid> AccountAsync(Guid user, string platform, string state, int published, int failed)
    {
        var id = Guid.CreateVersion7();
        await edge.ExecuteAsync(
            $"""
            INSERT INTO social_accounts (id, user_id, platform, external_id, handle, refresh_token, state, state_changed_at, last_published_at, created_at, updated_at)
            VALUES ('{id}', '{user}', '{platform}', '{id}', 'ann', '\x00', '{state}', now(), now(), now(), now());
            INSERT INTO social_account_days (account_id, day, published, failed) VALUES ('{id}', CURRENT_DATE, {published}, {failed})
            """);
        return id;
    }

    // the broker is away: what follows stays staged
    private ServiceProvider Analytics()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?> { ["Jobs:ConfirmTimeoutSeconds"] = "0.1" }).Build());
        services.AddSingleton(edge.Database);
        services.AddSingleton<IConnectionFactory>(new ConnectionFactory { Uri = new("amqp://127.0.0.1:1") });
        services.AddJobPublishing();
        services.AddSingleton(Options.Create(new HealthOptions()));
        services.AddSingleton<AccountScoring>();
        return services.BuildServiceProvider();
    }
}
