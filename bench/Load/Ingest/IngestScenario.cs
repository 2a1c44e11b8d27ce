using Switchboard.Load.Api;
using Switchboard.Load.Driving;
using Switchboard.Load.Mail;
using Switchboard.Load.Measuring;

namespace Switchboard.Load.Ingest;

/// <summary>Mailboxes from their connection to the last figure of their analytics, and every mail in them accounted for.</summary>
internal sealed class IngestScenario(IngestOptions options, LoadProgress progress, TimeProvider time)
{
    public async Task<IngestReport> RunAsync(CancellationToken cancellation)
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
        var until = DateTimeOffset.FromUnixTimeMilliseconds(token.StartedAtMs / 1000 * 1000);
        var user = (await new Accounts(edge, options.Key, token).CreateAsync(1, ["mail", "analytics"], (_, _, _) => Task.CompletedTask, _ => { }, cancellation))[0];
        var (accounts, expected) = await progress.StageAsync(
            $"Run {token.Run}: making and connecting {options.Accounts} mailboxes with {options.Mails} sent mails",
            options.Accounts,
            report => ConnectAsync(edge, mailboxes, user, token, until, report, cancellation));

        await using var memory = MemoryWatch.Begin(options.IngestPid, progress, time);
        var run = new SyncRun(edge, user, options.BatchSize, TimeSpan.FromSeconds(options.PatienceSeconds), time);
        var syncs = await progress.StageAsync($"Syncing {expected} mails", expected, report => run.RunAsync(accounts, report, cancellation));
        var watched = memory?.Result();
        Tell(syncs);

        var verdict = await progress.StageAsync(
            $"Checking each of the {options.Mails} sent mails",
            options.Mails,
            report => new TruthCheck(edge, simulator, user).RunAsync(accounts, report, cancellation));
        var differences = await CheckAnalyticsAsync(edge, simulator, user, accounts, until, cancellation);
        Tell(verdict.Examples);
        Tell(differences);
        var views = await Task.WhenAll(accounts.Select(account => mailboxes.FindAsync(account.Address, cancellation)));
        return Report(syncs, verdict, differences.Count == 0, expected, run.ProgressSeen, [.. views.OfType<MailboxView>()], watched);
    }

    private async Task<(IReadOnlyList<MailAccount> Accounts, long Mails)> ConnectAsync(
        ApiClient edge, GraphMailboxes mailboxes, LoadUser user, RunToken token, DateTimeOffset until, Action<double> report, CancellationToken cancellation)
    {
        using var connector = new AccountConnector(edge);
        List<MailAccount> accounts = [];
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
                cancellation);
            accounts.Add(await connector.ConnectAsync(user, mailbox.Address, cancellation));
            mails += mailbox.Sent + mailbox.Received;
            report(n + 1);
        }

        return (accounts, mails);
    }

    private async Task<IReadOnlyList<string>> CheckAnalyticsAsync(
        ApiClient edge, ApiClient simulator, LoadUser user, IReadOnlyList<MailAccount> accounts, DateTimeOffset until, CancellationToken cancellation)
    {
        var check = new AnalyticsCheck(edge, simulator, user);
        var from = until.AddDays(-options.SpanDays);
        // the whole time, and a part of it that neither begins nor ends with an hour
        (DateTimeOffset From, DateTimeOffset To)[] times =
            [(from.AddDays(-1), until.AddHours(1)), (from.AddDays(options.SpanDays / 3.0), until.AddMinutes(-options.SpanDays * 300))];
        List<string> differences = [];
        foreach (var account in accounts)
        {
            foreach (var (begin, end) in times)
            {
                differences.AddRange(await check.RunAsync(account, begin, end, cancellation));
            }
        }

        return differences;
    }

    private void Tell(IEnumerable<SyncState> syncs)
    {
        foreach (var sync in syncs.Where(sync => sync.State != "completed" || sync.Errors > 0))
        {
            progress.Say($"The sync {sync.Id} is {sync.State} with {sync.Errors} errors. {sync.Error}".TrimEnd());
            Tell((sync.Failures ?? []).Select(failure => $"{failure.MessageId}: {failure.Error}"));
        }
    }

    private void Tell(IEnumerable<string> lines)
    {
        foreach (var line in lines.Take(10))
        {
            progress.Say(line);
        }
    }

    private IngestReport Report(
        IReadOnlyList<SyncState> syncs,
        IngestVerdict verdict,
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
            verdict.Lost,
            verdict.Duplicated,
            verdict.Wrong,
            syncs.Sum(sync => sync.Errors) + syncs.Count(sync => sync.State != "completed"),
            analyticsMatch,
            mailboxes.Sum(mailbox => mailbox.Requests),
            mailboxes.Sum(mailbox => mailbox.Throttled),
            memory?.PeakMb,
            memory?.GrowthMb);
    }
}
