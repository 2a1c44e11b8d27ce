using Switchboard.Core.Email;
using Switchboard.Workers.Ingest.Email.Tracking;
using static Switchboard.Tests.Ingest.Mails;

namespace Switchboard.Tests.Ingest;

public sealed class RecordingTests(PostgresServer postgres) : TrackingTest(postgres), IClassFixture<PostgresServer>
{
    [Fact]
    public async Task The_same_mails_again_change_nothing()
    {
        var account = await AccountAsync();
        MailEnvelope[] mails = [Sent("offer"), Received("reply", 1, answers: "offer"), Received("other", 2), Sent("second", 3), Sent("offer")];
        (await RecordAsync(account, mails)).Tracked.ShouldBe(2);
        var before = await EverythingAsync(account);
        Time.Advance(TimeSpan.FromHours(1));

        var again = await RecordAsync(account, mails);

        (again.Tracked, again.Failed.Count).ShouldBe((0, 0));
        (await EverythingAsync(account)).ShouldBe(before);
    }

    [Fact]
    public async Task A_change_counts_up_the_version_of_the_account_and_marks_the_hours_of_its_mails()
    {
        var account = await AccountAsync();

        await RecordAsync(account, Sent("offer", 0.2), Sent("second", 0.9), Sent("third", 26));
        (await ChangesAsync(account)).ShouldBe(["2026-11-23 09:00:00 1", "2026-11-24 11:00:00 1"]);
        await RecordAsync(account, Received("unknown", 1));
        (await VersionAsync(account)).ShouldBe("1");
        await RecordAsync(account, Received("reply", 30, answers: "third"));

        (await VersionAsync(account)).ShouldBe("2");
        (await ChangesAsync(account)).ShouldBe(["2026-11-23 09:00:00 1", "2026-11-24 11:00:00 2"]);
    }

    [Fact]
    public async Task A_mail_that_is_answered_is_an_event_once_whether_it_or_its_answer_was_stored_first()
    {
        var account = await AccountAsync();
        await RecordAsync(account, Sent("offer"), Received("early", 5, answers: "late"), Sent("quiet", 2));
        (await RepliesAsync(account)).ShouldBeEmpty();

        await RecordAsync(account, Received("first", 1, answers: "offer"), Received("second", 2, answers: "offer"), OutOfOffice("away", 3, "quiet"));
        await RecordAsync(account, Received("third", 3, answers: "offer"), Received("first", 1, answers: "offer"));
        await RecordAsync(account, Sent("late", 4));
        await RecordAsync(account, Sent("both", 6), Received("at once", 7, answers: "both"));

        (await RepliesAsync(account)).ShouldBe(
            ["both email.replied email 3600000 7h", "late email.replied email 3600000 5h", "offer email.replied email 3600000 1h"]);
    }

    [Fact]
    public async Task What_is_tracked_is_what_the_policy_says_and_what_is_asked_for()
    {
        var account = await AccountAsync(new TrackingPolicy(TrackingMode.Matching, ["Sales"], ["*@fabrikam.test"], 90, null));
        var plain = Sent("plain");

        await RecordAsync(account, Sent("sales", categories: ["sales"]), Sent("fabrikam", to: "bob@FABRIKAM.test"), plain, Received("reply", 1, answers: "plain"));
        (await TrackedAsync(account)).ShouldBe(["fabrikam active", "sales active"]);
        var asked = await Recorder().RecordAsync(account, [plain, Sent("sales", categories: ["sales"])], requested: true, default);

        asked.Tracked.ShouldBe(1);
        (await TrackedAsync(account)).ShouldBe(["fabrikam active", "plain responded response 1h after 3600s of 1", "sales active"]);
        (await ReadAsync("SELECT provider_id || ' ' || tracked_by FROM tracked_emails WHERE account_id = $1 ORDER BY 1", account.Id))
            .ShouldBe(["provider-fabrikam policy", "provider-plain request", "provider-sales policy"]);
    }

    [Fact]
    public async Task An_account_that_is_not_tracked_tracks_what_is_asked_for()
    {
        var account = await AccountAsync(isTracked: false);

        await RecordAsync(account, Sent("offer"));
        (await TrackedAsync(account)).ShouldBeEmpty();
        await Recorder().RecordAsync(account, [Sent("offer")], requested: true, default);

        (await ReadAsync("SELECT extract(day FROM expires_at - sent_at)::int FROM tracked_emails WHERE account_id = $1", account.Id)).ShouldBe(["90"]);
    }

    [Fact]
    public async Task A_stopped_mail_stays_stopped_whatever_answers_it()
    {
        var account = await AccountAsync();
        await RecordAsync(account, Sent("offer"));
        await ExecuteAsync("UPDATE tracked_emails SET status = 'stopped', stopped_at = now() WHERE account_id = $1", account.Id);

        await RecordAsync(account, Received("reply", 1, answers: "offer"), Bounce("ndr", 2, "offer"));

        (await TrackedAsync(account)).ShouldBe(["offer stopped"]);
        (await ReceivedAsync(account)).ShouldBe(["ndr bounce answers offer by reference", "reply reply answers offer by reference"]);
    }

    [Fact]
    public async Task Text_that_no_column_takes_is_made_storable()
    {
        var account = await AccountAsync();
        var endless = new string('x', 200_000);

        var recorded = await RecordAsync(
            account,
            Sent("nul", subject: "a\0b", categories: ["c\0"]),
            Sent("half", to: "a\ud83d@contoso.test", subject: "half \ud83d"),
            Sent("long", to: $"{endless}@contoso.test {string.Join(' ', Enumerable.Range(0, 600).Select(n => $"r{n}@contoso.test"))}", subject: endless),
            Received(endless, 1, answers: "long", subject: endless, from: endless, references: string.Concat(
                Enumerable.Repeat("(", 100_000))),
            Sent("good"));

        recorded.Failed.ShouldBeEmpty();
        (await TrackedAsync(account)).ShouldBe(["good active", "half active", "long responded response 1h after 3600s of 1", "nul active"]);
    }

    [Fact]
    public async Task A_mail_without_a_date_or_any_name_fails_alone_and_says_why()
    {
        var account = await AccountAsync();

        var recorded = await RecordAsync(
            account, Sent("undated") with { At = default }, Sent("nameless") with { ProviderId = "", InternetMessageId = " " }, Sent("good"));

        recorded.Failed.Select(failed => failed.ProviderId).ShouldBe(["provider-undated", ""]);
        recorded.Failed[0].Error.ShouldContain("date");
        (await TrackedAsync(account)).ShouldBe(["good active"]);
    }

    [Fact]
    public async Task A_mail_without_a_message_id_is_known_by_its_providers_id()
    {
        var account = await AccountAsync();
        var mail = Sent("x") with { InternetMessageId = "" };

        (await RecordAsync(account, mail, mail with { ProviderId = "another" })).Tracked.ShouldBe(2);

        (await RecordAsync(account, mail)).Tracked.ShouldBe(0);
    }

    [Fact]
    public async Task What_the_database_refuses_spoils_only_itself()
    {
        var account = await AccountAsync();
        await ExecuteAsync(
            """
            CREATE FUNCTION refuse_poison() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'It is poison.' USING ERRCODE = CASE WHEN NEW.subject = 'poison' THEN '22000' ELSE '54000' END; END $$;
            CREATE TRIGGER refuse_poison BEFORE INSERT ON tracked_emails FOR EACH ROW WHEN (NEW.subject IN ('poison', 'venom')) EXECUTE FUNCTION refuse_poison();
            """);
        MailEnvelope[] mails =
        [
            .. Enumerable.Range(0, 40).Select(n => Sent($"m{n}", subject: n switch { 7 => "poison", 31 => "venom", _ => "Offer" })),
            .. Enumerable.Range(0, 40).Select(n => Received($"r{n}", 1, answers: $"m{n}")),
        ];

        var recorded = await RecordAsync(account, mails);

        recorded.Tracked.ShouldBe(38);
        recorded.Failed.Select(failed => failed.ProviderId).ShouldBe(["provider-m7", "provider-m31"]);
        recorded.Failed[0].Error.ShouldBe("The database refused it (SQLSTATE 22000).");
        (await TrackedAsync(account)).Count(mail => mail.EndsWith(" responded response 1h after 3600s of 1", StringComparison.Ordinal)).ShouldBe(38);
        await ExecuteAsync("DROP TRIGGER refuse_poison ON tracked_emails; DROP FUNCTION refuse_poison");
    }

    [Fact]
    public async Task Of_an_account_that_is_gone_nothing_is_recorded()
    {
        var account = await AccountAsync();
        await ExecuteAsync("DELETE FROM mailboxes WHERE id = $1", account.Id);

        (await RecordAsync(account, Sent("offer"), Received("reply", 1))).Tracked.ShouldBe(0);

        (await TrackedAsync(account)).Concat(await ReceivedAsync(account)).ShouldBeEmpty();
    }

    private async Task<string[]> EverythingAsync(TrackedMailbox account) =>
    [
        .. await ReadAsync("SELECT to_json(t) FROM tracked_emails AS t WHERE account_id = $1 ORDER BY id", account.Id),
        .. await ReadAsync("SELECT to_json(t) FROM received_emails AS t WHERE account_id = $1 ORDER BY id", account.Id),
        .. await ChangesAsync(account),
        await VersionAsync(account),
    ];

    private Task<string[]> ChangesAsync(TrackedMailbox account) => ReadAsync(
        "SELECT (hour AT TIME ZONE 'UTC')::text || ' ' || version FROM tracked_email_changes WHERE account_id = $1 ORDER BY hour", account.Id);

    private async Task<string> VersionAsync(TrackedMailbox account) =>
        (await ReadAsync("SELECT data_version FROM mailboxes WHERE id = $1", account.Id)).ShouldHaveSingleItem();
}
