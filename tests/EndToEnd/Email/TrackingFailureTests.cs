using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Email;

/// <summary>Processes die, grants end, Graph refuses: syncs go on where they stopped, and the count is exact.</summary>
public sealed class TrackingFailureTests(ApplicationFixture app)
{
    [Fact]
    public async Task A_sync_whose_process_was_killed_resumes_and_its_count_is_exact()
    {
        var account = await TrackedAccount.ConnectAsync(app, new { messages = 3_000, replyRate = 0.4, spanDays = 30 });
        await app.Simulator.FailAsync(new { provider = "graph", latencyMs = 100 });
        try
        {
            var sync = await account.BeginSyncAsync(new { batchSize = 50 });
            await Eventually.SeesAsync(() => account.SyncAsync(sync), seen => (int)seen["pages"]! >= 8, "eight pages");

            await app.KillAsync("workers-ingest");
            ((string)(await account.SyncAsync(sync))["state"]!).ShouldBe("running", "it should have died amid the work");
            await app.Simulator.HealAsync();
            await app.StartAsync("workers-ingest");

            var done = await account.SyncedAsync(sync);
            ((string)done["state"]!).ShouldBe("completed");
            ((long)done["processed"]!).ShouldBe((long)done["total"]!);
            await SentMailTests.ShouldBeRightToTheMailAsync(account);
        }
        finally
        {
            await app.Simulator.HealAsync();
        }
    }

    [Fact]
    public async Task An_account_whose_grant_was_taken_back_says_so_and_goes_on_when_it_is_connected_again()
    {
        var account = await TrackedAccount.ConnectAsync(
            app,
            new { messages = 2_000, replyRate = 0.4, spanDays = 30 },
            new { mode = "all", followUp = new { afterWorkingDays = 3, maxReminders = 1, timeZone = "UTC", channel = "whatsapp", recipient = "+15550117001" } });
        await app.Simulator.FailAsync(new { provider = "graph", latencyMs = 100 });
        try
        {
            var sync = await account.BeginSyncAsync(new { batchSize = 20 });
            await Eventually.SeesAsync(() => account.SyncAsync(sync), seen => (int)seen["pages"]! >= 4, "four pages");

            await app.Simulator.PostAsync("/_sim/graph/revoke", new { address = account.Address });

            var revoked = await Eventually.SeesAsync(
                () => account.Owner.GetAsync($"/api/accounts/email/{account.Id}"), seen => (string)seen["status"]! == "revoked", "a revoked account");
            ((string?)revoked["statusReason"]).ShouldNotBeNullOrEmpty();
            await Eventually.SeesAsync(() => account.SyncAsync(sync), seen => (string)seen["state"]! == "paused", "a paused sync");
            var told = await Eventually.SeesAsync(
                () => account.Owner.NotificationsAsync(), all => all.Any(one => ((string)one["body"]!).Contains(account.Address)), "word of it");
            told.Count(one => ((string)one["body"]!).Contains(account.Address)).ShouldBe(1);
            await app.Simulator.HealAsync();

            await account.ConnectAgainAsync();

            ((string)(await account.SyncedAsync(sync))["state"]!).ShouldBe("completed");
            await SentMailTests.ShouldBeRightToTheMailAsync(account);
        }
        finally
        {
            await app.Simulator.HealAsync();
        }
    }

    [Fact]
    public async Task What_no_notification_told_of_is_found_when_Graph_says_that_some_were_missed()
    {
        var account = await TrackedAccount.ConnectAsync(app);
        await account.MailAsync(new { folder = "sentitems", from = account.Address, to = "ben@contoso.test", subject = "Untold", silent = true });
        await app.Simulator.PostAsync("/_sim/graph/lifecycle", new { address = account.Address, @event = "missed" });
        await account.TrackedAsync("Untold", _ => true, "is tracked");

        await account.MailAsync(new { folder = "sentitems", from = account.Address, to = "ben@contoso.test", subject = "Untold again", silent = true });
        await app.Simulator.PostAsync("/_sim/graph/stale", new { address = account.Address });
        await app.Simulator.PostAsync("/_sim/graph/lifecycle", new { address = account.Address, @event = "subscriptionRemoved" });
        await account.TrackedAsync("Untold again", _ => true, "is tracked though the delta token was stale");

        await app.Simulator.PostAsync("/_sim/graph/lifecycle", new { address = account.Address, @event = "reauthorizationRequired" });
        await Eventually.SeesAsync(
            () => app.Simulator.GetAsync($"/_sim/graph/mailboxes/{account.Address}"),
            mailbox => mailbox["subscriptions"]!.AsArray().Any(one => !(bool)one!["isPaused"]!),
            "a subscription that tells again");
        await account.SendAsync("ben@contoso.test", "Told");
        await account.TrackedAsync("Told", _ => true, "is tracked");
    }

    [Fact]
    public async Task Graph_is_never_asked_more_at_once_than_it_bears_and_its_refusals_only_delay()
    {
        var account = await TrackedAccount.ConnectAsync(app, new { messages = 600, replyRate = 0.4, spanDays = 30 });
        await app.Simulator.FailAsync(new { provider = "graph", status = 429, retryAfterSeconds = 1, count = 3 });
        try
        {
            var done = await account.SyncedAsync(await account.BeginSyncAsync(new { batchSize = 20 }));

            ((string)done["state"]!).ShouldBe("completed");
            var mailbox = await app.Simulator.GetAsync($"/_sim/graph/mailboxes/{account.Address}");
            ((int)mailbox["peakConcurrency"]!).ShouldBeInRange(1, 4);
            ((long)mailbox["throttledByConcurrency"]!).ShouldBe(0);
            await SentMailTests.ShouldBeRightToTheMailAsync(account);
        }
        finally
        {
            await app.Simulator.HealAsync();
        }
    }
}
