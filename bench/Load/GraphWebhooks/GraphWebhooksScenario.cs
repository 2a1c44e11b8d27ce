using Switchboard.Load.Api;
using Switchboard.Load.Driving;
using Switchboard.Load.Mail;

namespace Switchboard.Load.GraphWebhooks;

/// <summary>Change notifications in at the webhook, tracked mails out of the API, and every one of them accounted for.</summary>
internal sealed class GraphWebhooksScenario(GraphWebhooksOptions options, LoadProgress progress, TimeProvider time)
{
    private readonly TimeSpan _patience = TimeSpan.FromSeconds(options.PatienceSeconds);

    public async Task<GraphWebhooksReport> RunAsync(CancellationToken cancellation)
    {
        using var edge = new ApiClient(options.Edge, "--edge", time);
        using var simulator = new ApiClient(options.Simulator, "--simulator", time);
        await edge.CheckAsync("/alive", cancellation);
        await simulator.CheckAsync("/alive", cancellation);

        var mailboxes = new GraphMailboxes(simulator);
        if (options.LiftLimits)
        {
            await mailboxes.LiftLimitsAsync(cancellation);
        }

        var token = new RunToken(time.GetUtcNow());
        var user = (await new Accounts(edge, options.Key, token).CreateAsync(1, ["mail"], (_, _, _) => Task.CompletedTask, _ => { }, cancellation))[0];
        var preparation = new MailPreparation(edge, mailboxes, token, _patience, time);
        var followed = await progress.StageAsync(
            $"Run {token.Run}: connecting {options.Accounts} mailboxes",
            options.Accounts,
            report => preparation.ConnectAsync(user, options.Accounts, report, cancellation));
        var mails = await progress.StageAsync(
            $"Putting {options.Mails} mails into them", options.Mails, _ => preparation.AddAsync(followed, options.Mails, cancellation));

        var startedAt = time.GetUtcNow();
        var source = new NotificationSource(options.Edge, mails, options.ClientState, startedAt);
        var load = await new LoadStage(options.Connections, options.Seconds, options.Rate).RunAsync("notifications", source, progress, time, cancellation);
        var told = load.Accepted.Select(notification => source.MailOf(notification.Number)).Distinct().Select(n => mails[n]);
        var ledger = await CheckAsync(edge, user, followed, new ArrivalLedger(told), load, cancellation);
        var views = await Task.WhenAll(followed.Select(mailbox => mailboxes.FindAsync(mailbox.Account.Address, cancellation)));
        return Report(load, ledger, startedAt, [.. views.OfType<MailboxView>()]);
    }

    private async Task<ArrivalLedger> CheckAsync(
        ApiClient edge, LoadUser user, IReadOnlyList<FollowedMailbox> followed, ArrivalLedger ledger, LoadResult load, CancellationToken cancellation)
    {
        await progress.StageAsync(
            $"{load.Accepted.Count} notifications accepted; waiting for the {ledger.Expected} mails that they told of to be tracked",
            ledger.Expected,
            report => new ArrivalCheck(edge, user, followed, _patience, time).RunAsync(ledger, report, cancellation));
        foreach (var example in ledger.Examples())
        {
            progress.Say(example);
        }

        return ledger;
    }

    private static GraphWebhooksReport Report(LoadResult load, ArrivalLedger ledger, DateTimeOffset startedAt, IReadOnlyList<MailboxView> mailboxes) => new(
        load.Accepted.Count,
        Math.Round(load.Accepted.Count / load.Elapsed.TotalSeconds, 1),
        load.Latency.ToPercentiles(),
        ledger.Expected,
        ledger.Tracked,
        ledger.Expected - ledger.Tracked,
        ledger.Duplicated,
        ledger.LastAt is { } last ? Math.Round((last - startedAt).TotalSeconds, 2) : null,
        mailboxes.Sum(mailbox => mailbox.Requests),
        mailboxes.Sum(mailbox => mailbox.Throttled),
        load.Rejected,
        load.Errors,
        Math.Round(load.Elapsed.TotalSeconds, 2));
}
