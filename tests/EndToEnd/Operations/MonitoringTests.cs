using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Operations;

/// <summary>The real Prometheus beside the real application, with the rules and dashboards of <c>deploy/monitoring</c>.</summary>
public sealed partial class MonitoringTests(ApplicationFixture app)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task There_is_data_for_every_panel_and_every_rule()
    {
        await using var prometheus = await PrometheusServer.StartAsync(app);
        var me = await app.Edge.NewUserAsync();
        await me.CreateRuleAsync("monitored.test", "+15550116001");
        var rules = await prometheus.RulesAsync();
        var open = Dashboards.Queries(PrometheusServer.Monitoring)
            .Concat(rules.Select(rule => new PanelQuery($"rule {(string)rule["name"]!}", InputsOf(rule)))).ToList();
        open.Count.ShouldBeGreaterThan(80);

        var rounds = 0;
        await Eventually.SeesAsync(
            async () =>
            {
                await WorkAsync(me, ++rounds);
                await prometheus.NextScrapeAsync();
                var answered = new List<PanelQuery>();
                foreach (var query in open)
                    if (await prometheus.HasDataAsync(query.Expression))
                        answered.Add(query);
                open.RemoveAll(answered.Contains);
                return string.Join('\n', open);
            },
            missing => missing.Length == 0,
            "data for each panel and rule",
            Patience);

        foreach (var rule in await prometheus.RulesAsync())
            ((string)rule["health"]!).ShouldBe("ok", $"{(string)rule["name"]!}: {(string?)rule["lastError"]}");
    }

    /// <summary>The alert as it is deployed but for its times: 3 s behind instead of 60, for one second instead of two minutes.</summary>
    [Fact]
    public async Task The_alert_of_lag_fires_while_dispatch_is_stopped_under_load_and_ends_when_it_is_back()
    {
        const int Mails = 200;
        await using var prometheus = await PrometheusServer.StartAsync(app, Sooner);
        var me = await app.Edge.NewUserAsync();
        await me.CreateRuleAsync("lagging.test", "+15550116002");

        await app.KillAsync("workers-dispatch");
        try
        {
            await me.PostAsync(
                "/api/webhooks/email",
                Enumerable.Range(0, Mails).Select(number => new
                {
                    messageId = $"lagging-{number}",
                    from = "a@lagging.test",
                    to = "me@example.com",
                    subject = $"Lagging {number}",
                    text = "Hello",
                }),
                System.Net.HttpStatusCode.Accepted);
            var alert = await Eventually.SeesAsync(
                LagAsync, lag => (string?)lag?["state"] == "firing", "an alert of lag that fires", Patience);
            ((string)alert!["labels"]!["severity"]!).ShouldBe("critical");
            ((string)alert["annotations"]!["summary"]!).ShouldStartWith("The queue dispatch.high is ");
        }
        finally
        {
            await app.StartAsync("workers-dispatch");
        }

        await Eventually.SeesAsync(LagAsync, lag => lag is null, "the alert of lag gone", Patience);
        await Eventually.SeesAsync(
            async () => (await me.NotificationsAsync("&status=delivered")).Count, delivered => delivered == Mails, "all delivered", Patience);

        async Task<JsonNode?> LagAsync() => (await prometheus.AlertsAsync()).FirstOrDefault(alert =>
            (string)alert["labels"]!["alertname"]! == "QueueLagUrgent" && (string)alert["labels"]!["job_lane"]! == "dispatch.high");
    }

    // a bit of everything that panels show: a mail that a rule sends on, its delivery status, and what people ask
    private static async Task WorkAsync(EdgeClient me, int round)
    {
        var subject = $"Monitored {round}";
        await me.MailAsync($"monitored-{round}", "a@monitored.test", subject);
        await me.NotificationAsync(subject, "delivered");
        await me.GetAsync("/api/rules");
    }

    // an alert that does not fire has no data, but what it compares has: a comparison tells 0 or 1 then, and what is not absent is counted
    private static string InputsOf(JsonNode rule)
    {
        var query = (string)rule["query"]!;
        return (string)rule["type"]! == "recording"
            ? query
            : Comparison().Replace(query, "$1 bool $2").Replace("absent(", "count(", StringComparison.Ordinal);
    }

    private static string Sooner(string alerts)
    {
        var changed = LagRule().Replace(alerts, "$1 > 3\n        for: 1s");
        changed.ShouldNotBe(alerts);
        return changed;
    }

    [GeneratedRegex(@"(==|<|>) ([0-9.]+)")]
    private static partial Regex Comparison();

    [GeneratedRegex(@"(alert: QueueLagUrgent\n +expr: .+) > 60\n +for: 2m")]
    private static partial Regex LagRule();
}
