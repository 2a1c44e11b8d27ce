using Npgsql;
using Switchboard.Load.Api;
using Switchboard.Load.Driving;
using Switchboard.Load.Mail;

namespace Switchboard.Load.Tracked;

/// <summary>
/// Makes a user whose accounts have very many tracked mails. The accounts are connected as any other, with empty mailboxes, so that syncs
/// of them can be begun; only their mails come by SQL.
/// </summary>
internal sealed class TrackedSeed(TrackedOptions options, ApiClient edge, GraphMailboxes mailboxes, LoadProgress progress, TimeProvider time)
{
    private const int AtOnce = 2;

    public async Task<SeedFigures> RunAsync(NpgsqlDataSource database, RunToken token, CancellationToken cancellation)
    {
        var user = (await new Accounts(edge, options.Key, token).CreateAsync(1, ["mail", "analytics"], (_, _, _) => Task.CompletedTask, _ => { }, cancellation))[0];
        var accounts = await progress.StageAsync(
            $"Run {token.Run}: connecting {options.SeedAccounts} accounts", options.SeedAccounts, report => ConnectAsync(user, token, report, cancellation));

        var (rows, startedAt) = (new SeededRows(database), time.GetTimestamp());
        await progress.StageAsync(
            $"Putting in {options.SeedRows} tracked mails", options.SeedRows!.Value, report => InsertAsync(rows, user, accounts, report, cancellation));
        var inserted = Math.Round(time.GetElapsedTime(startedAt).TotalSeconds, 2);

        var views = new TrackedViews(database, time);
        var analyzed = await progress.StageAsync("Gathering statistics", 1, _ => views.AnalyzeAsync(cancellation));
        var refreshed = await progress.StageAsync("Refreshing the materialised views", 1, _ => views.RefreshAsync(cancellation));
        await rows.TellCachesAsync(accounts, cancellation);
        progress.Say(
            $"{options.SeedRows} tracked mails in {inserted} s, statistics in {analyzed} s, "
            + $"{(refreshed.Count == 0 ? "no views" : string.Join(", ", refreshed.Select(view => $"{view.Key} in {view.Value} s")))}. "
            + $"To ask about them again: --key {user.Key}");
        return new SeedFigures(options.SeedRows.Value, accounts.Count, user.Key, inserted, analyzed, refreshed);
    }

    private async Task<IReadOnlyList<Guid>> ConnectAsync(LoadUser user, RunToken token, Action<double> report, CancellationToken cancellation)
    {
        using var connector = new AccountConnector(edge);
        List<Guid> accounts = [];
        for (var n = 0; n < options.SeedAccounts; n++)
        {
            var mailbox = await mailboxes.MakeAsync($"{token.Run}-{n}@load.test".ToLowerInvariant(), time.GetUtcNow(), cancellation);
            accounts.Add((await connector.ConnectAsync(user, mailbox.Address, cancellation)).Id);
            report(n + 1);
        }

        return accounts;
    }

    private async Task<long> InsertAsync(SeededRows rows, LoadUser user, IReadOnlyList<Guid> accounts, Action<double> report, CancellationToken cancellation)
    {
        var (done, until) = (0L, time.GetUtcNow());
        await Parallel.ForAsync(0, accounts.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (n, ct) =>
        {
            var share = ((n + 1L) * options.SeedRows!.Value / accounts.Count) - ((long)n * options.SeedRows.Value / accounts.Count);
            for (var first = 0L; first < share; first += SeededRows.Part)
            {
                var count = Math.Min(SeededRows.Part, share - first);
                await rows.InsertAsync((accounts[n], user.Id), first, count, share, until, options.SeedDays, ct);
                report(Interlocked.Add(ref done, count));
            }
        });
        return done;
    }
}
