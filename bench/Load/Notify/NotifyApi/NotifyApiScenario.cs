using System.Text.Json.Nodes;
using Npgsql;
using Switchboard.Load.Api;
using Switchboard.Load.Running;

namespace Switchboard.Load.Notify.NotifyApi;

/// <summary>Makes the users with their rows, opens some inboxes, and sends the mix.</summary>
internal sealed class NotifyApiScenario(
    ApiOptions options, int recipients, int notifications, LoadProgress progress, TimeProvider timeProvider)
{
    private const int Users = 10;
    private const int Inboxes = 200;

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
            .CreateAsync(Users, ["notifications"], (_, _, _) => Task.CompletedTask, _ => { }, cancellationToken);

        var script = SeedScript.Load(
            "notify-api.sql", SeedValues.Of(token, now, users, ("recipients", recipients), ("notifications", notifications)));
        await run.SeedAsync(
            $"Run {token.Run}: inserting {recipients} recipients and {notifications} notifications", dataSource, script, cancellationToken);

        var sample = await progress.StageAsync(
            "Choosing what is asked for", 1, _ => NotifySample.ReadAsync(dataSource, users, now, cancellationToken));
        var inboxes = await progress.StageAsync(
            $"Opening {Inboxes} inboxes", Inboxes, report => OpenAsync(edge, sample.Tenants[0], report, cancellationToken));
        return await run.SendAsync(new NotifyRequests(sample, inboxes, token).Kinds, token.StartedAtMs * 1_000_000, cancellationToken);
    }

    private static async Task<IReadOnlyList<string>> OpenAsync(
        ApiClient edge, NotifyTenant team, Action<double> report, CancellationToken cancellationToken)
    {
        var tokens = new List<string>();
        foreach (var recipient in team.Recipients.Take(Inboxes))
        {
            var opened = await edge.PostAsync(
                "/api/inbox/tokens", team.Key, new JsonObject { ["recipient"] = recipient }, NotifyJson.Default.JsonObject,
                NotifyJson.Default.JsonObject, cancellationToken);
            tokens.Add((string)opened["token"]!);
            report(tokens.Count);
        }

        return tokens;
    }
}
