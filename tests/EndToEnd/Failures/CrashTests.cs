using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Failures;

/// <summary>
/// One thing dies in the middle of a load, without a warning, and is started again. Nobody else is restarted,
/// and in the end every accepted mail led to exactly one message.
/// </summary>
public sealed class CrashTests(ApplicationFixture app)
{
    private const int Mails = 400;

    // senders that are never taken send for ever
    private const int Patience = 240_000;

    [Theory(Timeout = Patience)]
    [InlineData("edge-api")]
    [InlineData("workers-ingest")]
    [InlineData("workers-dispatch")]
    [InlineData("analytics-worker")]
    [InlineData("rabbitmq")]
    [InlineData("redis")]
    [InlineData("postgres")]
    [InlineData("simulator")]
    public async Task Nothing_is_lost_or_doubled_when_one_dies_under_load(string victim)
    {
        var me = await app.Edge.NewUserAsync();
        var token = $"{victim}-{Guid.CreateVersion7():n}";
        await me.CreateRuleAsync("crash.test", "+15550113001");
        var others = ApplicationFixture.Resources.Where(resource => resource != victim).ToDictionary(name => name, app.ProcessIdOf);

        var half = new TaskCompletionSource();
        var load = PostAllAsync(me, token, half);
        await half.Task;
        await app.KillAsync(victim);
        await app.StartAsync(victim);
        await load;

        var notifications = await Eventually.SeesAsync(
            async () => await me.NotificationsAsync(),
            all => all.Count >= Mails && all.All(item => (string?)item["deliveryStatus"] == "delivered"),
            $"{Mails} delivered notifications after the crash of {victim}",
            TimeSpan.FromSeconds(90));

        notifications.Select(item => (string)item["body"]!).Order().ShouldBe(Subjects(token).Order());
        (await app.Simulator.MessagesAsync(token)).Select(message => (string)message["body"]!).Order().ShouldBe(Subjects(token).Order());
        foreach (var (name, pid) in others)
            app.ProcessIdOf(name).ShouldBe(pid, $"{name} should not have needed a restart");
    }

    private static IEnumerable<string> Subjects(string token) => Enumerable.Range(0, Mails).Select(number => $"{token} {number:0000}");

    /// <summary>What any sender of webhooks does: whatever isn't accepted is sent again, the same mail.</summary>
    private static async Task PostAllAsync(EdgeClient me, string token, TaskCompletionSource half)
    {
        var done = 0;
        await Parallel.ForEachAsync(Subjects(token), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (subject, cancellationToken) =>
        {
            using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
            while (!await IsAcceptedAsync(me, subject))
                await again.WaitForNextTickAsync(cancellationToken);
            if (Interlocked.Increment(ref done) == Mails / 2)
                half.TrySetResult();
        });
    }

    private static async Task<bool> IsAcceptedAsync(EdgeClient me, string subject)
    {
        var mail = new { messageId = subject, from = "a@crash.test", to = "me@example.com", subject, text = "" };
        try
        {
            using var response = await me.SendAsync(HttpMethod.Post, "/api/webhooks/email", mail);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // the edge is down for a moment: exactly what a sender must bear
            return false;
        }
    }
}
