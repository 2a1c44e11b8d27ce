using static Switchboard.Tests.Ingest.Mails;

namespace Switchboard.Tests.Ingest;

/// <summary>Which mail a delivery report is about, and what becomes of it.</summary>
public sealed class DeliveryReportTests(PostgresServer postgres) : TrackingTest(postgres), IClassFixture<PostgresServer>
{
    private const string Both = "ann@contoso.test gone@contoso.test";

    [Fact]
    public async Task A_mail_that_came_back_from_one_of_two_is_waited_for_until_the_other_answers()
    {
        var account = await AccountAsync();

        await RecordAsync(account, Sent("offer", to: Both), Report("ndr", 0.1, "Gone@contoso.test", about: "offer"));
        (await TrackedAsync(account)).ShouldBe(["offer active bounce 0.1h"]);
        await RecordAsync(account, Received("reply", 2, answers: "offer"));

        (await TrackedAsync(account)).ShouldBe(["offer responded response 2h after 7200s of 1 bounce 0.1h"]);
    }

    [Fact]
    public async Task A_mail_that_came_back_from_all_is_bounced_by_one_report_or_by_several()
    {
        var account = await AccountAsync();

        await RecordAsync(account, Sent("one", to: Both), Report("all", 0.1, Both, about: "one"));
        await RecordAsync(account, Sent("two", to: Both), Report("first", 0.1, "gone@contoso.test", about: "two"));
        await RecordAsync(account, Report("second", 0.2, "ann@contoso.test", about: "two"));
        await RecordAsync(account, Sent("only"), Report("forwarded", 0.1, "ann@elsewhere.test", about: "only"));
        await RecordAsync(account, Report("before", 0.3, Both, about: "three"));
        await RecordAsync(account, Sent("three", to: Both));

        (await TrackedAsync(account)).ShouldBe(
            ["one bounced bounce 0.1h", "only bounced bounce 0.1h", "three bounced bounce 0.3h", "two bounced bounce 0.1h"]);
    }

    [Fact]
    public async Task What_is_late_or_has_arrived_is_no_bounce()
    {
        var account = await AccountAsync();

        await RecordAsync(account, Sent("offer"), Report("late", 4, "ann@contoso.test", about: "offer", isFailure: false));

        (await TrackedAsync(account)).ShouldBe(["offer active auto 4h"]);
    }

    [Fact]
    public async Task A_report_of_a_mail_that_was_never_sent_changes_nothing_whatever_else_it_has_in_common()
    {
        var account = await AccountAsync();

        await RecordAsync(
            account,
            Sent("offer", subject: "Offer", conversation: "c"),
            Report("spam", 0.1, "ann@contoso.test", about: "forged", subject: "Offer", conversation: "c"),
            Report("other", 0.1, "ann@contoso.test", subject: "Cheap pills"),
            Report("unknown", 0.1, "eve@fabrikam.test"),
            Report("nobody", 0.1, ""));

        (await TrackedAsync(account)).ShouldBe(["offer active"]);
        (await ReceivedAsync(account)).ShouldBe(["nobody bounce", "other bounce", "spam bounce", "unknown bounce"]);
    }

    [Fact]
    public async Task A_report_that_names_no_mail_is_about_the_last_one_that_its_recipient_was_sent()
    {
        var account = await AccountAsync();
        await RecordAsync(account, Report("early", 1, "gone@contoso.test"));
        await RecordAsync(account, Sent("first", 0, to: Both, subject: "First"), Sent("second", 2, to: Both, subject: "Second"), Sent("elsewhere", 3));

        await RecordAsync(
            account,
            Report("late", 4, "gone@contoso.test"),
            Report("shown", 5, "gone@contoso.test", subject: "First"),
            Report("too-late", 2 + 7 * 24 + 0.1, "gone@contoso.test"));

        (await ReceivedAsync(account)).ShouldBe(
        [
            "early bounce answers first by recipient", "late bounce answers second by recipient", "shown bounce answers first by subject",
            "too-late bounce",
        ]);
    }

    [Fact]
    public async Task Calendars_and_reactions_are_shown_and_are_no_response()
    {
        var account = await AccountAsync();

        await RecordAsync(
            account,
            Sent("offer"),
            Received("accepted", 1, answers: "offer", subject: "Accepted: Offer"),
            Received("thumb", 2, answers: "offer") with { Form = new(["text/vnd.google.email-reaction+json"], null) });

        (await TrackedAsync(account)).ShouldBe(["offer active"]);
        (await ReceivedAsync(account)).ShouldBe(["accepted calendar answers offer by reference", "thumb reaction answers offer by reference"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("<>")]
    [InlineData("<@mail.contoso.test>")]
    public async Task Two_replies_without_a_message_id_are_two(string messageId)
    {
        var account = await AccountAsync();
        var reply = Received("x", 1, answers: "offer") with { InternetMessageId = messageId };

        await RecordAsync(account, Sent("offer"), reply, reply with { ProviderId = "another" });
        await RecordAsync(account, reply);

        (await TrackedAsync(account)).ShouldBe(["offer responded response 1h after 3600s of 2"]);
    }
}
