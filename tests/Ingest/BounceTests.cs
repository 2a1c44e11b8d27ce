using Switchboard.Core.Email;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Tests.Ingest;

/// <summary>What becomes of notifications whose mail comes back to a mailbox of their user.</summary>
public sealed class BounceTests(PostgresServer postgres) : TrackingTest(postgres), IClassFixture<PostgresServer>
{
    private const string Gone = "gone@contoso.test";

    [Theory]
    [InlineData("message-id")]
    [InlineData("header")]
    [InlineData("address")]
    public async Task A_mail_that_came_back_fails_its_notification_and_turns_the_address_off(string namedBy)
    {
        var user = await UserAsync();
        var id = await SentAsync(user);

        await Bounces().ApplyAsync(user, [Report(id, namedBy)], default);

        (await StagedAsync(id)).ShouldBe(["Failed The mail came back: 5.1.1 550 5.1.1 No such user here"]);
        (await DisabledAsync(user)).ShouldBe(["The mail came back: 5.1.1 550 5.1.1 No such user here"]);
    }

    [Fact]
    public async Task A_report_that_came_to_another_user_says_nothing()
    {
        var (user, other) = (await UserAsync(), await UserAsync());
        var id = await SentAsync(user);

        await Bounces().ApplyAsync(other, [Report(id, status: "5.1.1"), Report(id, isFailure: false, status: "4.4.1")], default);

        await NothingAsync(user, id);
    }

    [Theory]
    [InlineData("sms", "sent")]
    [InlineData("email", "pending")]
    [InlineData("email", "failed")]
    [InlineData("email", "cancelled")]
    public async Task Only_mail_that_was_sent_can_come_back(string channel, string status)
    {
        var user = await UserAsync();
        var id = await SentAsync(user, channel, status);

        await Bounces().ApplyAsync(user, [Report(id)], default);

        await NothingAsync(user, id);
    }

    [Fact]
    public async Task A_report_of_before_the_mail_was_sent_again_says_nothing_of_it()
    {
        var user = await UserAsync();
        var id = await SentAsync(user, hours: 3);

        await Bounces().ApplyAsync(user, [Report(id, hours: 2)], default);

        await NothingAsync(user, id);
    }

    [Theory]
    [InlineData("5.2.2")]
    [InlineData("5.7.1")]
    [InlineData("4.4.7")]
    [InlineData(null)]
    public async Task Where_the_address_is_not_to_blame_it_stays_on(string? status)
    {
        var user = await UserAsync();
        var id = await SentAsync(user);

        await Bounces().ApplyAsync(user, [Report(id, status: status)], default);

        (await StagedAsync(id)).ShouldHaveSingleItem();
        (await DisabledAsync(user)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_delay_is_noted_and_nothing_else()
    {
        var user = await UserAsync();
        var id = await SentAsync(user);

        await Bounces().ApplyAsync(user, [Report(id, isFailure: false, status: "4.4.1")], default);

        await NothingAsync(user, id);
        (await ReadAsync("SELECT delivery_status || ': ' || error FROM notifications WHERE id = $1", id))
            .ShouldBe(["sent: The mail is delayed: 4.4.1 550 5.1.1 No such user here"]);
    }

    private static MailEnvelope Report(
        Guid id, string namedBy = "message-id", bool isFailure = true, string? status = "5.1.1", double hours = 1)
    {
        var mail = Mails.Report("ndr", hours, Gone, isFailure: isFailure);
        return mail with
        {
            Recipients = [namedBy == "address" ? NotificationMail.BounceAddress("bounce@example.com", id) : "bounce@example.com"],
            Report = mail.Report! with
            {
                MessageIds = [namedBy == "message-id" ? $"<{NotificationMail.MessageId(id, "example.com")}>" : "<0192@relay.test>"],
                NotificationId = namedBy == "header" ? $"{id}" : null,
                Status = status,
                Diagnostic = "550 5.1.1 No such user here",
                IsDelayed = !isFailure,
            },
        };
    }

    private async Task<Guid> UserAsync()
    {
        var (user, recipient) = ((await AccountAsync()).UserId, Guid.CreateVersion7());
        await ExecuteAsync(
            "INSERT INTO recipients (id, user_id, external_id, created_at, updated_at) VALUES ($1, $2, 'r', now(), now())", recipient, user);
        await ExecuteAsync(
            """
            INSERT INTO recipient_addresses (id, user_id, recipient_id, channel, address, fingerprint, created_at)
            VALUES ($1, $2, $3, 'email', $4, $5, now())
            """,
            Guid.CreateVersion7(), user, recipient, Gone, RecipientAddressStore.Fingerprint("email", "", Gone));
        return user;
    }

    private async Task<Guid> SentAsync(Guid user, string channel = "email", string status = "sent", double hours = 0)
    {
        var id = Guid.CreateVersion7();
        await ExecuteAsync(
            """
            INSERT INTO notifications (id, user_id, channel, recipient, body, priority, delivery_status, source, created_at, sending_at, attempts)
            VALUES ($1, $2, $3, $4, 'text', 1, $5, 'api', $6, $6, 1)
            """,
            id, user, channel, Gone, status, Mails.At(hours));
        return id;
    }

    private async Task NothingAsync(Guid user, Guid id)
    {
        (await StagedAsync(id)).ShouldBeEmpty();
        (await DisabledAsync(user)).ShouldBeEmpty();
    }

    // the broker is away: what is to be published waits in its table
    private Task<string[]> StagedAsync(Guid id) => ReadAsync(
        """
        SELECT (status ->> 'status') || ' ' || (status ->> 'error')
        FROM scheduled_jobs, json_array_elements(payload -> 'updates') AS status
        WHERE type = 'apply-delivery-statuses' AND status ->> 'notificationId' = $1::text
        """,
        $"{id}");

    private Task<string[]> DisabledAsync(Guid user) =>
        ReadAsync("SELECT disabled_reason FROM recipient_addresses WHERE user_id = $1 AND disabled_at IS NOT NULL", user);
}
