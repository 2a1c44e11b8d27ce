using System.Text.Json.Nodes;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Email;

/// <summary>Sent mail is followed until it is answered, whichever of the two is read first.</summary>
public sealed class SentMailTests(ApplicationFixture app)
{
    [Fact]
    public async Task A_mailbox_of_ten_thousand_mails_is_synced_in_sight_and_its_analytics_are_right_to_the_mail()
    {
        var account = await TrackedAccount.ConnectAsync(
            app, new { messages = 10_000, replyRate = 0.4, autoReplyRate = 0.05, bounceRate = 0.02, spanDays = 30 });
        var sync = await account.BeginSyncAsync();

        var amid = await Eventually.SeesAsync(
            () => account.SyncAsync(sync), seen => (long)seen["processed"]! > 0, "some progress", TimeSpan.FromSeconds(60));
        var done = await account.SyncedAsync(sync);

        ((int)amid["pages"]!).ShouldBeGreaterThan(0);
        ((string)done["state"]!).ShouldBe("completed");
        ((long)done["errors"]!).ShouldBe(0);
        ((long)done["processed"]!).ShouldBe((long)done["total"]!);
        await ShouldBeRightToTheMailAsync(account);

        // computed here, from the expected outcome of each mail: not by the product, not by its database
        var expected = await account.ExpectedMailsAsync();
        var responses = expected.Values.Select(mail => (long?)mail["responseSeconds"]).OfType<long>().Order().ToArray();
        var to = TimeProvider.System.GetUtcNow();
        var summary = (await account.AnalyticsAsync(to.AddDays(-31), to.AddMinutes(1)))["summary"]!;
        ((int)summary["sent"]!).ShouldBe(10_000);
        ((int)summary["responded"]!).ShouldBe(responses.Length);
        ((int)summary["bounced"]!).ShouldBe(expected.Values.Count(mail => (string)mail["status"]! == "bounced"));
        ((int)summary["autoReplied"]!).ShouldBe(expected.Values.Count(mail => (bool)mail["autoReplied"]!));
        ((double)summary["responseRate"]!).ShouldBe(responses.Length / 10_000.0, 0.000_1);
        ((double)summary["medianResponseSeconds"]!).ShouldBe(Percentile(responses, 0.5), 0.01);
        ((double)summary["p90ResponseSeconds"]!).ShouldBe(Percentile(responses, 0.9), 0.01);
    }

    [Fact]
    public async Task A_mail_that_goes_out_is_tracked_and_its_answer_found_within_seconds()
    {
        var account = await TrackedAccount.ConnectAsync(app);
        var sent = await account.SendAsync("ben@contoso.test", "Offer 1");
        await account.TrackedAsync("Offer 1", mail => (string)mail["status"]! == "active", "is waited for");

        await account.MailAsync(new { from = "ben@contoso.test", subject = "Re: Offer 1", inReplyTo = (string)sent["internetMessageId"]! });

        var answered = await account.TrackedAsync("Offer 1", mail => (string)mail["status"]! == "responded", "is answered");
        ((bool)answered["hasResponse"]!).ShouldBeTrue();
        ((int)answered["responses"]!).ShouldBe(1);
        var thread = (await account.Owner.GetAsync($"/api/emails/tracked/{answered["id"]}"))["thread"]!.AsArray();
        thread.Select(mail => (string)mail!["kind"]!).ShouldBe(["sent", "reply"]);
    }

    [Fact]
    public async Task A_mail_that_comes_back_from_one_of_two_is_shown_so_and_the_other_may_still_answer()
    {
        var account = await TrackedAccount.ConnectAsync(app);
        var sent = await account.MailAsync(
            new { folder = "sentitems", from = account.Address, to = new[] { "ben@contoso.test", "gone@contoso.test" }, subject = "Offer 2" });
        await account.MailAsync(new
        {
            from = "postmaster@contoso.test",
            subject = "Delivery report",
            reported = (string)sent["internetMessageId"]!,
            report = new[]
            {
                new { recipient = "ben@contoso.test", action = "delivered" }, new { recipient = "gone@contoso.test", action = "failed" },
            },
        });
        var mail = await account.TrackedAsync("Offer 2", seen => seen["bouncedAt"] is not null, "came back");
        ((string)mail["status"]!).ShouldBe("active");

        await account.MailAsync(new { from = "ben@contoso.test", subject = "Re: Offer 2", inReplyTo = (string)sent["internetMessageId"]! });
        await account.TrackedAsync("Offer 2", seen => (string)seen["status"]! == "responded", "is answered");

        var states = (await account.Owner.GetAsync($"/api/emails/tracked/{mail["id"]}"))["recipientStates"]!.AsArray();
        states.Select(state => $"{state!["address"]} {state["status"]}").ShouldBe(["ben@contoso.test responded", "gone@contoso.test bounced"]);
    }

    [Fact]
    public async Task A_reply_that_arrives_before_the_mail_it_answers_is_matched()
    {
        var account = await TrackedAccount.ConnectAsync(app);
        var messageId = $"<{Guid.CreateVersion7():n}@example.com>";
        await account.MailAsync(new { from = "ben@contoso.test", subject = "Re: Early", inReplyTo = messageId });
        await account.MailAsync(new { from = "eve@contoso.test", subject = "Something else" });
        await account.SendAsync("eve@contoso.test", "Marker");
        await account.TrackedAsync("Marker", _ => true, "comes after the reply");

        await account.MailAsync(
            new { folder = "sentitems", from = account.Address, to = "ben@contoso.test", subject = "Early", internetMessageId = messageId });

        await account.TrackedAsync("Early", mail => (string)mail["status"]! == "responded", "is answered");
    }

    [Fact]
    public async Task An_out_of_office_is_no_response_and_a_bounce_is_a_bounce()
    {
        var account = await TrackedAccount.ConnectAsync(app);
        var away = (string)(await account.SendAsync("ben@contoso.test", "To one who is away"))["internetMessageId"]!;
        var wrong = (string)(await account.SendAsync("nobody@contoso.test", "To nobody"))["internetMessageId"]!;

        await account.MailAsync(new { from = "ben@contoso.test", subject = "Automatic reply: To one who is away", inReplyTo = away, autoReply = true });
        await account.MailAsync(new { from = "postmaster@contoso.test", subject = "Undeliverable: To nobody", inReplyTo = wrong, bounce = true });

        await account.TrackedAsync("To nobody", mail => (string)mail["status"]! == "bounced" && mail["bouncedAt"] is not null, "came back");
        var waiting = await account.TrackedAsync("To one who is away", mail => mail["autoRepliedAt"] is not null, "met an out-of-office");
        ((string)waiting["status"]!).ShouldBe("active");
        ((bool)waiting["hasResponse"]!).ShouldBeFalse();

        await account.MailAsync(new { from = "ben@contoso.test", subject = "Re: To one who is away", inReplyTo = away });
        await account.TrackedAsync("To one who is away", mail => (string)mail["status"]! == "responded", "was answered after all");
    }

    [Fact]
    public async Task What_is_not_tracked_by_policy_can_be_asked_for_with_the_answer_it_has()
    {
        var account = await TrackedAccount.ConnectAsync(app, tracking: new { mode = "matching", recipients = new[] { "*@fabrikam.test" } });
        var other = await account.SendAsync("ben@contoso.test", "Not of the policy");
        await account.MailAsync(new { from = "ben@contoso.test", subject = "Re: Not of the policy", inReplyTo = (string)other["internetMessageId"]! });
        await account.SendAsync("ann@fabrikam.test", "Of the policy");
        await account.TrackedAsync("Of the policy", _ => true, "is tracked");
        (await account.TrackedAsync()).Select(mail => (string)mail["subject"]!).ShouldBe(["Of the policy"]);

        var asked = await account.Owner.PostAsync(
            "/api/emails/track", new { accountId = account.Id, messageId = (string)other["id"]! }, System.Net.HttpStatusCode.Accepted);
        var settled = await Eventually.SeesAsync(
            () => account.Owner.GetAsync($"/api/emails/track/{asked["id"]}"), request => (string)request["state"]! != "queued", "a settled request");
        ((string)settled["state"]!).ShouldBe("tracked");
        await account.TrackedAsync("Not of the policy", mail => (string)mail["status"]! == "responded", "is answered");

        var unknown = await account.Owner.PostAsync(
            "/api/emails/track", new { accountId = account.Id, messageId = "<nowhere@example.com>" }, System.Net.HttpStatusCode.Accepted);
        var failed = await Eventually.SeesAsync(
            () => account.Owner.GetAsync($"/api/emails/track/{unknown["id"]}"), request => (string)request["state"]! != "queued", "a settled request");
        ((string)failed["state"]!).ShouldBe("failed");
        ((string?)failed["error"]).ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task One_bad_mail_spoils_only_itself()
    {
        var account = await TrackedAccount.ConnectAsync(app, new { messages = 50, replyRate = 0.5, spanDays = 5 });
        await account.MailAsync(new { from = "eve@contoso.test", subject = "Broken", broken = true, silent = true });
        await account.MailAsync(new { from = "eve@contoso.test", subject = "A null \0 in it", silent = true });

        var done = await account.SyncedAsync(await account.BeginSyncAsync());

        ((string)done["state"]!).ShouldBe("completed");
        ((long)done["errors"]!).ShouldBe(1);
        done["failures"]!.AsArray().ShouldHaveSingleItem()!["error"].ShouldNotBeNull();
        await ShouldBeRightToTheMailAsync(account);
    }

    [Fact]
    public async Task A_mail_that_is_stopped_stays_so_and_one_that_is_snoozed_says_until_when()
    {
        var account = await TrackedAccount.ConnectAsync(app);
        var sent = await account.SendAsync("ben@contoso.test", "Never mind");
        var mail = await account.TrackedAsync("Never mind", _ => true, "is tracked");
        var path = $"/api/emails/tracked/{mail["id"]}";
        var until = TimeProvider.System.GetUtcNow().AddDays(2);

        var snoozed = await EdgeClient.ReadAsync(
            await account.Owner.SendAsync(HttpMethod.Patch, path, new { snoozeUntil = until }), System.Net.HttpStatusCode.OK);
        ((DateTimeOffset)snoozed["snoozedUntil"]!).ShouldBe(until, TimeSpan.FromMilliseconds(1));
        var stopped = await EdgeClient.ReadAsync(
            await account.Owner.SendAsync(HttpMethod.Patch, path, new { status = "stopped" }), System.Net.HttpStatusCode.OK);
        ((string)stopped["status"]!).ShouldBe("stopped");

        await account.MailAsync(new { from = "ben@contoso.test", subject = "Re: Never mind", inReplyTo = (string)sent["internetMessageId"]! });
        await account.SendAsync("ben@contoso.test", "Marker");
        await account.TrackedAsync("Marker", _ => true, "comes after the reply");
        (await account.TrackedAsync("Never mind", _ => true, "is there"))["status"]!.GetValue<string>().ShouldBe("stopped");

        var otherUser = await app.Edge.NewUserAsync();
        (await otherUser.SendAsync(HttpMethod.Get, path)).StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
        (await otherUser.SendAsync(HttpMethod.Patch, path, new { status = "active" })).StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
    }

    internal static async Task ShouldBeRightToTheMailAsync(TrackedAccount account)
    {
        var expected = await account.ExpectedMailsAsync();
        var tracked = await account.TrackedAsync();
        tracked.Select(mail => (string)mail["internetMessageId"]!).ShouldBe(expected.Keys, ignoreOrder: true);
        tracked.Where(mail => Known(mail) != Known(expected[(string)mail["internetMessageId"]!]))
            .Select(mail => $"{Known(mail)} where {Known(expected[(string)mail["internetMessageId"]!])} is true").Take(3).ShouldBeEmpty();
    }

    private static (string Status, long? ResponseSeconds, bool AutoReplied) Known(JsonNode mail) => (
        (string)mail["status"]!,
        (long?)mail["responseSeconds"],
        mail["autoReplied"] is { } said ? (bool)said : mail["autoRepliedAt"] is not null);

    // as percentile_cont has it
    private static double Percentile(long[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var (below, above) = (sorted[(int)place], sorted[Math.Min((int)place + 1, sorted.Length - 1)]);
        return below + ((above - below) * (place - (int)place));
    }
}
