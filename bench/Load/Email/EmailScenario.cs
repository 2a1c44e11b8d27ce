using Switchboard.Load.Running;

namespace Switchboard.Load.Email;

/// <summary>Posts mails to the webhook and checks every notification that comes of them, in the API and at the simulator.</summary>
internal sealed class EmailScenario(EmailOptions options, LoadProgress progress, TimeProvider timeProvider)
{
    public async Task<EmailReport> RunAsync(CancellationToken cancellationToken)
    {
        using var edge = new ApiClient(options.Edge, "--edge", timeProvider);
        using var simulator = new ApiClient(options.Simulator, "--simulator", timeProvider);
        await edge.CheckAsync("/alive", cancellationToken);
        await simulator.CheckAsync("/alive", cancellationToken);

        var startedAt = timeProvider.GetUtcNow();
        var token = new RunToken(startedAt);
        var users = await progress.StageAsync(
            $"Run {token.Run}: making {options.Users} users with ten rules each",
            options.Users,
            report => new EmailUsers(edge, options.Key, token).CreateAsync(options.Users, report, cancellationToken));

        var loadStartedAt = timeProvider.GetUtcNow();
        var load = await new LoadStage(options.Connections, options.Seconds, options.Rate)
            .RunAsync("mails", new EmailSource(options.Edge, token, users), progress, timeProvider, cancellationToken);
        var result = await CheckAsync(edge, simulator, users, token, load, startedAt, cancellationToken);
        return Report(load, result, loadStartedAt);
    }

    private async Task<DeliveryResult> CheckAsync(
        ApiClient edge,
        ApiClient simulator,
        IReadOnlyList<LoadUser> users,
        RunToken token,
        LoadResult load,
        DateTimeOffset since,
        CancellationToken cancellationToken)
    {
        var expectedNotifications = new ExpectedNotifications(users.Count);
        var expected = load.Accepted.Sum(mail => (long)expectedNotifications.Of(mail.Number).Count());
        var check = new DeliveryCheck(edge, simulator, users, token, TimeSpan.FromSeconds(options.PatienceSeconds), timeProvider);
        await progress.StageAsync(
            $"{load.Accepted.Count} mails accepted; waiting for {expected} notifications to be delivered",
            expected,
            report => check.WaitAsync(expected, report, cancellationToken));

        return await progress.StageAsync("Checking each of them", 1, async _ =>
        {
            var startTimes = load.Accepted.ToDictionary(mail => mail.Number, mail => mail.StartedAt);
            var comparison = new DeliveryComparison(expectedNotifications, startTimes);
            await check.ReadListsAsync(comparison, cancellationToken);
            await check.ReadProviderAsync(comparison, since, cancellationToken);
            return comparison.Evaluate();
        });
    }

    private static EmailReport Report(LoadResult load, DeliveryResult result, DateTimeOffset startedAt)
    {
        var deliveredIn = (result.LastDeliveredAt - startedAt).TotalSeconds;
        return new EmailReport(
            load.Accepted.Count,
            Math.Round(load.Accepted.Count / load.Elapsed.TotalSeconds, 1),
            result.Delivered == 0 ? 0 : Math.Round(result.Delivered / deliveredIn, 1),
            load.Latency.ToPercentiles(),
            result.UntilSent.ToPercentiles(),
            result.EndToEnd.ToPercentiles(),
            result.Lost,
            result.Duplicated,
            result.Unexpected,
            result.Expected,
            load.Rejected,
            load.Errors,
            Math.Round(load.Elapsed.TotalSeconds, 2));
    }
}
