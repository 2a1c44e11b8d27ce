using Switchboard.Load.Reporting;
using Switchboard.Load.Running;

namespace Switchboard.Load.Tracking.Ingest;

/// <summary>Connects and syncs mailboxes, then checks every sent mail and the analytics over them.</summary>
internal sealed class IngestScenario(IngestOptions options, LoadProgress progress, TimeProvider timeProvider)
{
    public async Task<IngestReport> RunAsync(CancellationToken cancellationToken)
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
        var until = DateTimeOffset.FromUnixTimeMilliseconds(token.StartedAtMs / 1000 * 1000);
        var user = await new LoadUsers(edge, options.Key, token).CreateOneAsync(["mail", "analytics"], cancellationToken);
        var (accounts, expected) = await progress.StageAsync(
            $"Run {token.Run}: making and connecting {options.Accounts} mailboxes with {options.Mails} sent mails",
            options.Accounts,
            report => ConnectAsync(edge, mailboxes, user, token, until, report, cancellationToken));

        await using var memory = MemoryWatch.Begin(options.IngestPid, progress, timeProvider);
        var runner = new SyncRunner(edge, user, options.BatchSize, TimeSpan.FromSeconds(options.PatienceSeconds), timeProvider);
        var syncs = await progress.StageAsync(
            $"Syncing {expected} mails", expected, report => runner.RunAsync(accounts, report, cancellationToken));
        var watched = memory?.Result();
        Print(syncs);

        var result = await progress.StageAsync(
            $"Checking each of the {options.Mails} sent mails",
            options.Mails,
            report => new TrackingCheck(edge, simulator, user).RunAsync(accounts, report, cancellationToken));
        var differences = await CheckAnalyticsAsync(edge, simulator, user, accounts, until, cancellationToken);
        Print(result.Examples);
        Print(differences);
        var views = await Task.WhenAll(accounts.Select(account => mailboxes.FindAsync(account.Address, cancellationToken)));
        return Report(syncs, result, differences.Count == 0, expected, runner.ProgressSeen, [.. views.OfType<MailboxView>()], watched);
    }

    private async Task<(IReadOnlyList<EmailAccount> Accounts, long Mails)> ConnectAsync(
        ApiClient edge,
        GraphMailboxes mailboxes,
        LoadUser user,
        RunToken token,
        DateTimeOffset until,
        Action<double> report,
        CancellationToken cancellationToken)
    {
        using var connector = new AccountConnector(edge);
        List<EmailAccount> accounts = [];
        var mails = 0L;
        for (var n = 0; n < options.Accounts; n++)
        {
            var share = (int)(((n + 1L) * options.Mails / options.Accounts) - ((long)n * options.Mails / options.Accounts));
            var mailbox = await mailboxes.MakeAsync(
                new NewMailbox(
                    $"{token.Run}-{n}@load.test".ToLowerInvariant(),
                    share,
                    options.ReplyRate,
                    options.AutoReplyRate,
                    options.BounceRate,
                    options.SpanDays,
                    n + 1,
                    until),
                cancellationToken);
            accounts.Add(await connector.ConnectAsync(user, mailbox.Address, cancellationToken));
            mails += mailbox.Sent + mailbox.Received;
            report(n + 1);
        }

        return (accounts, mails);
    }

    private async Task<IReadOnlyList<string>> CheckAnalyticsAsync(
        ApiClient edge,
        ApiClient simulator,
        LoadUser user,
        IReadOnlyList<EmailAccount> accounts,
        DateTimeOffset until,
        CancellationToken cancellationToken)
    {
        var check = new AnalyticsCheck(edge, simulator, user);
        var from = until.AddDays(-options.SpanDays);
        // the whole period, and a part of it that neither starts nor ends on the hour
        (DateTimeOffset From, DateTimeOffset To)[] periods =
            [(from.AddDays(-1), until.AddHours(1)), (from.AddDays(options.SpanDays / 3.0), until.AddMinutes(-options.SpanDays * 300))];
        List<string> differences = [];
        foreach (var account in accounts)
        {
            foreach (var (begin, end) in periods)
            {
                differences.AddRange(await check.RunAsync(account, begin, end, cancellationToken));
            }
        }

        return differences;
    }

    private void Print(IEnumerable<SyncState> syncs)
    {
        foreach (var sync in syncs.Where(sync => sync.State != "completed" || sync.Errors > 0))
        {
            progress.WriteLine($"The sync {sync.Id} is {sync.State} with {sync.Errors} errors. {sync.Error}".TrimEnd());
            Print((sync.Failures ?? []).Select(failure => $"{failure.MessageId}: {failure.Error}"));
        }
    }

    private void Print(IEnumerable<string> lines)
    {
        foreach (var line in lines.Take(10))
        {
            progress.WriteLine(line);
        }
    }

    private IngestReport Report(
        IReadOnlyList<SyncState> syncs,
        TrackingResult result,
        bool analyticsMatch,
        long expected,
        int progressSeen,
        IReadOnlyList<MailboxView> mailboxes,
        (double PeakMb, double GrowthMb)? memory)
    {
        var processed = syncs.Sum(sync => sync.Processed);
        var seconds = (syncs.Max(sync => sync.FinishedAt) - syncs.Min(sync => sync.StartedAt))?.TotalSeconds ?? 0;
        return new IngestReport(
            processed,
            expected,
            options.Mails,
            Math.Round(seconds, 2),
            seconds > 0 ? Math.Round(processed / seconds, 1) : 0,
            progressSeen,
            result.Lost,
            result.Duplicated,
            result.Wrong,
            syncs.Sum(sync => sync.Errors) + syncs.Count(sync => sync.State != "completed"),
            analyticsMatch,
            mailboxes.Sum(mailbox => mailbox.Requests),
            mailboxes.Sum(mailbox => mailbox.Throttled),
            memory?.PeakMb,
            memory?.GrowthMb);
    }
}
