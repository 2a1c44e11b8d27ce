using System.Text.Json.Nodes;
using Npgsql;
using Switchboard.Load.Api;
using Switchboard.Load.Running;

namespace Switchboard.Load.Social.SocialApi;

/// <summary>
/// Makes the users with their rows, and sends the mix. A few accounts are connected as their holders do it, for the posts that go out at
/// once: what comes by SQL has no tokens that are any good.
/// </summary>
internal sealed class SocialApiScenario(ApiOptions options, int accounts, int posts, LoadProgress progress, TimeProvider timeProvider)
{
    private const int Users = 10;
    private const int Connected = 10;
    private const int PostsPerCall = 100;
    private static readonly string[] ConnectedPlatforms = ["facebook", "x", "linkedin", "mastodon", "bluesky"];

    public Task<ApiReport> RunAsync(CancellationToken cancellationToken)
    {
        var run = new ApiRun(options, progress, timeProvider);
        return run.WithServersAsync((edge, dataSource) => RunAsync(run, edge, dataSource, cancellationToken), cancellationToken);
    }

    private async Task<ApiReport> RunAsync(ApiRun run, ApiClient edge, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var token = new RunToken(now);
        var users = await new LoadUsers(edge, options.Key, token)
            .CreateAsync(Users, ["social"], (_, _, _) => Task.CompletedTask, _ => { }, cancellationToken);
        var team = users[0];
        var connected = await progress.StageAsync(
            $"Run {token.Run}: connecting {Connected} accounts", Connected,
            report => ConnectAsync(edge, team, token, report, cancellationToken));

        var script = SeedScript.Load("social-api.sql", SeedValues.Of(token, now, users, ("accounts", accounts), ("posts", posts)));
        await run.SeedAsync($"Inserting {accounts} accounts and {posts} posts", dataSource, script, cancellationToken);

        var sample = await progress.StageAsync(
            "Choosing what is asked for", 1, _ => SocialSample.ReadAsync(dataSource, users, now, cancellationToken));
        var requests = new SocialRequests(sample, token);
        var drafts = requests.CountOf(SocialRequests.Publish, options.Requests);
        requests.ToPublish = new(await progress.StageAsync(
            $"Making {drafts} drafts to be published", drafts,
            report => DraftAsync(edge, team, connected, token, drafts, report, cancellationToken)));
        requests.Cursors = await DeepCursorsAsync(edge, team, cancellationToken);
        return await run.SendAsync(requests.Kinds, token.StartedAtMs * 1_000_000, cancellationToken);
    }

    private async Task<IReadOnlyList<Guid>> ConnectAsync(
        ApiClient edge, LoadUser team, RunToken token, Action<double> report, CancellationToken cancellationToken)
    {
        var social = new SocialOptions(
            Connected, 1, 0, default, default, 0, 0, ConnectedPlatforms, options.Edge, options.Simulator, options.Key,
            TimeSpan.FromSeconds(60));
        var publishers = await new SocialAccounts(edge, token, social, timeProvider).ConnectAsync([team], report, cancellationToken);
        return [.. publishers[0].Accounts.Select(account => account.Id)];
    }

    private static async Task<List<Guid>> DraftAsync(
        ApiClient edge, LoadUser team, IReadOnlyList<Guid> accounts, RunToken token, long count, Action<double> report,
        CancellationToken cancellationToken)
    {
        var made = new List<Guid>();
        while (made.Count < count)
        {
            var numbers = Enumerable.Range(made.Count, (int)Math.Min(PostsPerCall, count - made.Count));
            var bodies = numbers.Select(number => (JsonNode)new JsonObject
            {
                ["content"] = new JsonObject { ["text"] = LoadTexts.Of(new(number, ~token.StartedAtMs), token.Of(number)) },
                ["targets"] = new JsonObject { ["accounts"] = new JsonArray(accounts[number % accounts.Count]) },
                ["draft"] = true,
            });
            var answer = await edge.PostAsync(
                "/api/posts/bulk", team.Key, new JsonObject { ["posts"] = new JsonArray([.. bodies]) }, SocialJson.Default.JsonObject,
                SocialJson.Default.JsonObject, cancellationToken);
            made.AddRange(answer["posts"]!.AsArray().Select(post => (Guid)post!["id"]!));
            report(made.Count);
        }

        return made;
    }

    // as far as numbered pages reach, and on from there
    private static async Task<IReadOnlyList<string>> DeepCursorsAsync(ApiClient edge, LoadUser team, CancellationToken cancellationToken)
    {
        var cursors = new List<string>();
        for (var path = "/api/posts?limit=100&page=100"; cursors.Count < 50;)
        {
            var page = await edge.GetAsync(path, team.Key, SocialJson.Default.JsonObject, cancellationToken);
            if ((string?)page["nextCursor"] is not { } cursor)
                break;
            cursors.Add(cursor);
            path = $"/api/posts?limit=100&cursor={cursor}";
        }

        return cursors;
    }
}
