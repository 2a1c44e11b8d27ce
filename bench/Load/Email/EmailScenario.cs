using Switchboard.Load.Api;
using Switchboard.Load.Driving;

namespace Switchboard.Load.Email;

/// <summary>Mails in at the webhook, WhatsApp messages out at the simulator, and every one of them accounted for.</summary>
internal sealed class EmailScenario(EmailOptions options, LoadProgress progress, TimeProvider time)
{
    public async Task<EmailReport> RunAsync(CancellationToken cancellation)
    {
        using var edge = new ApiClient(options.Edge, "--edge", time);
        using var simulator = new ApiClient(options.Simulator, "--simulator", time);
        await edge.CheckAsync("/alive", cancellation);
        await simulator.CheckAsync("/alive", cancellation);

        var startedAt = time.GetUtcNow();
        var token = new RunToken(startedAt);
        var users = await progress.StageAsync(
            $"Run {token.Run}: making {options.Users} users with ten rules each",
            options.Users,
            report => new Population(edge, options.Key, token).CreateAsync(options.Users, report, cancellation));

        var loadStartedAt = time.GetUtcNow();
        var load = await new LoadStage(options.Connections, options.Seconds, options.Rate)
            .RunAsync("mails", new MailSource(options.Edge, token, users), progress, time, cancellation);
        var verdict = await CheckAsync(edge, simulator, users, token, load, startedAt, cancellation);
        return Report(load, verdict, loadStartedAt);
    }

    private async Task<DeliveryVerdict> CheckAsync(
        ApiClient edge, ApiClient simulator, IReadOnlyList<LoadUser> users, RunToken token, LoadResult load, DateTimeOffset since, CancellationToken cancellation)
    {
        var expectation = new Expectation(users.Count);
        var expected = load.Accepted.Sum(mail => (long)expectation.Of(mail.Number).Count());
        var check = new DeliveryCheck(edge, simulator, users, token, TimeSpan.FromSeconds(options.PatienceSeconds), time);
        await progress.StageAsync(
            $"{load.Accepted.Count} mails accepted; waiting for {expected} notifications to be delivered",
            expected,
            report => check.WaitAsync(expected, report, cancellation));

        return await progress.StageAsync("Checking each of them", 1, async _ =>
        {
            var ledger = new DeliveryLedger(expectation, load.Accepted.ToDictionary(mail => mail.Number, mail => mail.StartedAt));
            await check.ReadListsAsync(ledger, cancellation);
            await check.ReadProviderAsync(ledger, since, cancellation);
            return ledger.Judge();
        });
    }

    private static EmailReport Report(LoadResult load, DeliveryVerdict verdict, DateTimeOffset startedAt)
    {
        var deliveredIn = (verdict.LastDeliveredAt - startedAt).TotalSeconds;
        return new EmailReport(
            load.Accepted.Count,
            Math.Round(load.Accepted.Count / load.Elapsed.TotalSeconds, 1),
            verdict.Delivered == 0 ? 0 : Math.Round(verdict.Delivered / deliveredIn, 1),
            load.Latency.ToPercentiles(),
            verdict.EndToEnd.ToPercentiles(),
            verdict.Lost,
            verdict.Duplicated,
            verdict.Unexpected,
            verdict.Expected,
            load.Rejected,
            load.Errors,
            Math.Round(load.Elapsed.TotalSeconds, 2));
    }
}
