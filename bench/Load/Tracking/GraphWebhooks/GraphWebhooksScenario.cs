using Switchboard.Load.Running;

namespace Switchboard.Load.Tracking.GraphWebhooks;

/// <summary>Posts change notifications to the webhook and checks that every mail they are about is tracked.</summary>
internal sealed class GraphWebhooksScenario(GraphWebhooksOptions options, LoadProgress progress, TimeProvider timeProvider)
{
    private readonly TimeSpan _patience = TimeSpan.FromSeconds(options.PatienceSeconds);

    public async Task<GraphWebhooksReport> RunAsync(CancellationToken cancellationToken)
    {
        using var edge = new ApiClient(options.Edge, "--edge", timeProvider);
        using var simulator = new ApiClient(options.Simulator, "--simulator", timeProvider);
        await edge.CheckAsync("/alive", cancellationToken);
        await simulator.CheckAsync("/alive", cancellationToken);

        var mailboxes = new GraphMailboxes(simulator);
        if (options.LiftLimits)
        {
            await mailboxes.LiftLimitsAsync(cancellationToken);
        }

        var token = new RunToken(timeProvider.GetUtcNow());
        var user = await new LoadUsers(edge, options.Key, token).CreateOneAsync(["mail"], cancellationToken);
        var preparation = new MailboxPreparation(edge, mailboxes, token, _patience, timeProvider);
        var subscribed = await progress.StageAsync(
            $"Run {token.Run}: connecting {options.Accounts} mailboxes",
            options.Accounts,
            report => preparation.ConnectAsync(user, options.Accounts, report, cancellationToken));
        var mails = await progress.StageAsync(
            $"Adding {options.Mails} mails to them",
            options.Mails,
            _ => preparation.AddAsync(subscribed, options.Mails, cancellationToken));

        var startedAt = timeProvider.GetUtcNow();
        var source = new NotificationSource(options.Edge, mails, options.ClientState, startedAt);
        var load = await new LoadStage(options.Connections, options.Seconds, options.Rate)
            .RunAsync("notifications", source, progress, timeProvider, cancellationToken);
        var notified = load.Accepted.Select(notification => source.MailOf(notification.Number)).Distinct().Select(n => mails[n]);
        var comparison = await CheckAsync(edge, user, subscribed, new ArrivalComparison(notified), load, cancellationToken);
        var views = await Task.WhenAll(subscribed.Select(mailbox => mailboxes.FindAsync(mailbox.Account.Address, cancellationToken)));
        return Report(load, comparison, startedAt, [.. views.OfType<MailboxView>()]);
    }

    private async Task<ArrivalComparison> CheckAsync(
        ApiClient edge,
        LoadUser user,
        IReadOnlyList<SubscribedMailbox> subscribed,
        ArrivalComparison comparison,
        LoadResult load,
        CancellationToken cancellationToken)
    {
        await progress.StageAsync(
            $"{load.Accepted.Count} notifications accepted; waiting for their {comparison.Expected} mails to be tracked",
            comparison.Expected,
            report => new ArrivalCheck(edge, user, subscribed, _patience, timeProvider).RunAsync(comparison, report, cancellationToken));
        foreach (var example in comparison.Examples())
        {
            progress.WriteLine(example);
        }

        return comparison;
    }

    private static GraphWebhooksReport Report(
        LoadResult load, ArrivalComparison comparison, DateTimeOffset startedAt, IReadOnlyList<MailboxView> mailboxes) => new(
        load.Accepted.Count,
        Math.Round(load.Accepted.Count / load.Elapsed.TotalSeconds, 1),
        load.Latency.ToPercentiles(),
        comparison.Expected,
        comparison.Tracked,
        comparison.Expected - comparison.Tracked,
        comparison.Duplicated,
        comparison.LastAt is { } last ? Math.Round((last - startedAt).TotalSeconds, 2) : null,
        mailboxes.Sum(mailbox => mailbox.Requests),
        mailboxes.Sum(mailbox => mailbox.Throttled),
        load.Rejected,
        load.Errors,
        Math.Round(load.Elapsed.TotalSeconds, 2));
}
