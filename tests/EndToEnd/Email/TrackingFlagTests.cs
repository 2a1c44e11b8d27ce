using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Email;

/// <summary>Each optimisation off, by the settings file and without a restart: the same answers, by the plain path.</summary>
public sealed class TrackingFlagTests(ApplicationFixture app)
{
    [Theory]
    [InlineData("USE_OPTIMIZED_QUERIES")]
    [InlineData("USE_MATERIALIZED_VIEWS")]
    [InlineData("ENABLE_QUERY_CACHING")]
    [InlineData("ENABLE_RATE_LIMIT_CACHING")]
    [InlineData("ENABLE_BATCH_WEBHOOKS")]
    [InlineData("ENABLE_BATCH_INGESTION")]
    [InlineData("ENABLE_PERFORMANCE_MONITORING")]
    [InlineData("ENABLE_SLOW_QUERY_ALERTS")]
    public async Task With_any_flag_off_mail_is_tracked_and_answered_for_just_the_same(string flag)
    {
        await app.SetFlagAsync(flag, isOn: false);
        try
        {
            var account = await TrackedAccount.ConnectAsync(
                app, new { messages = 300, replyRate = 0.4, autoReplyRate = 0.1, bounceRate = 0.05, spanDays = 10 });
            ((string)(await account.SyncedAsync(await account.BeginSyncAsync()))["state"]!).ShouldBe("completed");
            var sent = await account.SendAsync("ben@contoso.test", "Told by a notification");
            await account.MailAsync(
                new { from = "ben@contoso.test", subject = "Re: Told by a notification", inReplyTo = (string)sent["internetMessageId"]! });
            await account.TrackedAsync("Told by a notification", mail => (string)mail["status"]! == "responded", "is answered");

            var plain = await AnswersAsync(account);
            await app.SetFlagAsync(flag, isOn: true);
            var optimised = await AnswersAsync(account);

            plain.ShouldBe(optimised);
            await SentMailTests.ShouldBeRightToTheMailAsync(account);
        }
        finally
        {
            await app.SetFlagAsync(flag, isOn: true);
        }
    }

    // what does not say by which way or when it was worked out
    private static async Task<string> AnswersAsync(TrackedAccount account)
    {
        var to = new DateTimeOffset(TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
        var analytics = await account.AnalyticsAsync(to.AddDays(-12), to);
        foreach (var name in new[] { "asOf", "ageSeconds", "source", "viewsRefreshedAt" })
            analytics.AsObject().Remove(name);
        var lists = new List<string> { analytics.ToJsonString() };
        foreach (var filter in new[] { "", "&status=responded", "&hasResponse=false", "&recipient=contoso.test", "&search=offer", "&sort=-respondedAt" })
            lists.Add(string.Join('\n', (await account.TrackedAsync(filter)).Select(mail => mail.ToJsonString())));
        return string.Join("\n\n", lists);
    }
}
