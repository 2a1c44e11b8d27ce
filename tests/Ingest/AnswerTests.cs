using static Switchboard.Tests.Ingest.Mails;

namespace Switchboard.Tests.Ingest;

public sealed class AnswerTests(PostgresServer postgres) : TrackingTest(postgres), IClassFixture<PostgresServer>
{
    [Fact]
    public async Task A_reply_that_comes_before_its_mail_is_matched()
    {
        var account = await AccountAsync();

        await RecordAsync(account, Received("reply", 2, answers: "offer"));
        (await ReceivedAsync(account)).ShouldBe(["reply reply"]);
        await RecordAsync(account, Sent("offer"));

        (await TrackedAsync(account)).ShouldBe(["offer responded response 2h after 7200s of 1"]);
        (await ReceivedAsync(account)).ShouldBe(["reply reply answers offer by reference"]);
    }

    [Fact]
    public async Task An_out_of_office_is_no_response_but_the_reply_after_it_is()
    {
        var account = await AccountAsync();

        await RecordAsync(account, Sent("offer"), OutOfOffice("away", 0.1, "offer"));
        (await TrackedAsync(account)).ShouldBe(["offer active auto 0.1h"]);
        await RecordAsync(account, Received("reply", 3, answers: "offer"));

        (await TrackedAsync(account)).ShouldBe(["offer responded response 3h after 10800s of 1 auto 0.1h"]);
    }

    [Fact]
    public async Task A_bounce_is_a_bounce()
    {
        var account = await AccountAsync();

        await RecordAsync(account, Sent("offer"));
        await RecordAsync(account, Bounce("ndr", 0.01, "offer"));

        (await TrackedAsync(account)).ShouldBe(["offer bounced bounce 0.01h"]);
    }

    [Fact]
    public async Task A_reply_of_one_recipient_counts_more_than_the_bounce_of_another()
    {
        var account = await AccountAsync();

        await RecordAsync(account, Sent("offer", to: "ann@contoso.test gone@contoso.test"), Bounce("ndr", 0.01, "offer"));
        await RecordAsync(account, Received("reply", 1, answers: "offer"));

        (await TrackedAsync(account)).ShouldBe(["offer responded response 1h after 3600s of 1 bounce 0.01h"]);
    }

    [Fact]
    public async Task Of_two_replies_the_first_counts_whichever_is_read_first()
    {
        var account = await AccountAsync();

        await RecordAsync(account, Sent("offer"));
        await RecordAsync(account, Received("second", 5, answers: "offer"));
        (await TrackedAsync(account)).ShouldBe(["offer responded response 5h after 18000s of 1"]);
        await RecordAsync(account, Received("first", 2, answers: "offer"));

        (await TrackedAsync(account)).ShouldBe(["offer responded response 2h after 7200s of 2"]);
    }

    [Fact]
    public async Task A_reply_in_a_conversation_answers_the_last_mail_before_it_whenever_that_becomes_known()
    {
        var account = await AccountAsync();

        await RecordAsync(account, Sent("first", 0, conversation: "c"), Received("reply", 5, conversation: "c"));
        (await TrackedAsync(account)).ShouldBe(["first responded response 5h after 18000s of 1"]);
        await RecordAsync(account, Sent("later", 6, conversation: "c"));
        (await ReceivedAsync(account)).ShouldBe(["reply reply answers first by conversation"]);
        await RecordAsync(account, Sent("second", 4, conversation: "c"));

        (await TrackedAsync(account)).ShouldBe(["first active", "later active", "second responded response 5h after 3600s of 1"]);
        (await ReceivedAsync(account)).ShouldBe(["reply reply answers second by conversation"]);
    }

    [Fact]
    public async Task What_a_reply_names_counts_more_than_its_conversation_and_the_nearest_of_several_most()
    {
        var account = await AccountAsync();

        await RecordAsync(
            account,
            Sent("first", 0, conversation: "c"),
            Sent("second", 1, conversation: "c"),
            Sent("third", 2, conversation: "c"),
            Received("reply", 3, answers: "unknown", conversation: "c", references: "<first@example.com>\r\n <second@example.com> <unknown2@example.com>"));

        (await ReceivedAsync(account)).ShouldBe(["reply reply answers second by reference"]);
    }

    [Fact]
    public async Task A_reply_that_names_only_strangers_is_found_by_its_conversation()
    {
        var account = await AccountAsync();

        await RecordAsync(account, Sent("offer", conversation: "c"), Received("reply", 1, answers: "unknown", conversation: "c"));

        (await ReceivedAsync(account)).ShouldBe(["reply reply answers offer by conversation"]);
    }

    [Fact]
    public async Task A_subject_counts_only_with_a_prefix_from_a_recipient_and_within_the_window()
    {
        var account = await AccountAsync();

        await RecordAsync(
            account,
            Sent("offer", 0, to: "Ann@Contoso.test bob@contoso.test", subject: "Offer  42"),
            Received("before", -1, subject: "Re: Offer 42"),
            Received("bare", 1, subject: "Offer 42"),
            Received("unknown", 1, from: "eve@contoso.test", subject: "Re: Offer 42"),
            Received("other", 1, subject: "Re: Offer 43"),
            Received("german", 2, from: "BOB@contoso.test", subject: "AW: WG: offer 42"),
            Received("last-moment", 30 * 24, subject: "Re: Offer 42"),
            Received("too-late", 30 * 24 + 0.001, subject: "Re: Offer 42"));

        (await ReceivedAsync(account)).ShouldBe(
        [
            "bare reply", "before reply", "german reply answers offer by subject", "last-moment reply answers offer by subject", "other reply",
            "too-late reply", "unknown reply",
        ]);
        (await TrackedAsync(account)).ShouldBe(["offer responded response 2h after 7200s of 2"]);
    }

    [Fact]
    public async Task Who_answers_from_an_international_domain_is_known_in_either_of_its_forms()
    {
        var account = await AccountAsync();

        await RecordAsync(
            account,
            Sent("unicode", to: "Ann@Bücher.example", subject: "One"),
            Sent("punycode", to: "ann@xn--bcher-kva.example", subject: "Two"),
            Received("first", 1, from: "ann@xn--bcher-kva.example", subject: "Re: One"),
            Received("second", 1, from: "ann@bu\u0308cher.example", subject: "Re: Two"));

        (await TrackedAsync(account)).ShouldBe(["punycode responded response 1h after 3600s of 1", "unicode responded response 1h after 3600s of 1"]);
    }

    [Fact]
    public async Task An_empty_subject_is_that_of_no_mail()
    {
        var account = await AccountAsync();

        await RecordAsync(account, Sent("offer", subject: ""), Received("reply", 1, subject: "Re:"));

        (await ReceivedAsync(account)).ShouldBe(["reply reply"]);
    }

    [Fact]
    public async Task A_reply_from_before_its_mail_was_sent_comes_of_a_clock_and_took_no_time()
    {
        var account = await AccountAsync();

        await RecordAsync(account, Sent("offer", 1), Received("reply", 0.5, answers: "offer"));

        (await TrackedAsync(account)).ShouldBe(["offer responded response 0.5h after 0s of 1"]);
        await RecordAsync(account, Received("reply2", 0.25, answers: "offer"));
        (await TrackedAsync(account)).ShouldBe(["offer responded response 0.25h after 0s of 2"]);
    }

    [Fact]
    public async Task What_the_owner_writes_answers_nothing()
    {
        var account = await AccountAsync();

        await RecordAsync(account, Sent("offer"), Received("mine", 1, answers: "offer", from: " OWNER@example.com"));

        (await ReceivedAsync(account)).ShouldBeEmpty();
        (await TrackedAsync(account)).ShouldBe(["offer active"]);
    }

    [Fact]
    public async Task What_is_answered_in_one_account_is_not_answered_in_another()
    {
        var (mine, theirs) = (await AccountAsync(), await AccountAsync());

        await RecordAsync(mine, Sent("offer", conversation: "c"));
        await RecordAsync(theirs, Received("reply", 1, answers: "offer", conversation: "c", subject: "Re: Offer"));
        await RecordAsync(theirs, Sent("other", 2));

        (await TrackedAsync(mine)).ShouldBe(["offer active"]);
        (await ReceivedAsync(theirs)).ShouldBe(["reply reply"]);
    }

    [Fact]
    public async Task A_mail_that_is_waited_for_no_more_is_expired_from_the_beginning_and_an_answer_still_counts()
    {
        var account = await AccountAsync();

        await RecordAsync(account, Sent("old", -24 * 100));
        (await TrackedAsync(account)).ShouldBe(["old expired"]);
        await RecordAsync(account, OutOfOffice("away", -24 * 99, "old"));
        (await TrackedAsync(account)).ShouldBe(["old expired auto -2376h"]);
        await RecordAsync(account, Received("reply", 0, answers: "old"));

        (await TrackedAsync(account)).ShouldBe(["old responded response 0h after 8640000s of 1 auto -2376h"]);
    }
}
