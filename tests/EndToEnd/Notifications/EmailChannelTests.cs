using System.Net;
using System.Text.Json.Nodes;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Notifications;

/// <summary>A notification goes out as a mail, and comes back to the mailbox of the demo user.</summary>
public sealed class EmailChannelTests(ApplicationFixture app)
{
    private const string DemoUser = "00000000-0000-0000-0000-000000000001";

    [Fact]
    public async Task A_notification_arrives_as_a_mail_and_one_that_comes_back_turns_its_address_off()
    {
        var recipient = $"{Guid.CreateVersion7():n}@contoso.test";
        await AddressAsync(recipient);

        var id = await SendAsync(app.Edge, recipient);
        var mail = await TakenAsync(recipient);

        ((string)mail["from"]!).ShouldBe($"demo+{Guid.Parse(id):N}@example.com");
        ((string)mail["messageId"]!).ShouldBe($"<{id}@example.com>");
        ((string)mail["subject"]!).ShouldBe("Ihre Rechnung – März");
        ((string)mail["text"]!).ShouldContain("Grüße 👋");
        ((string)mail["headers"]!["Auto-Submitted"]!).ShouldBe("auto-generated");
        ((string)mail["headers"]!["X-Switchboard-Notification"]!).ShouldBe(id);
        ((string)(await StatusAsync(app.Edge, id, "sent"))["providerMessageId"]!).ShouldBe($"<{id}@example.com>");

        await app.Simulator.PostAsync($"/_sim/smtp/bounce/{mail["id"]}", new { diagnostic = "550 5.1.1 No such user here" });

        ((string)(await StatusAsync(app.Edge, id, "failed"))["error"]!).ShouldBe("The mail came back: 5.1.1 550 5.1.1 No such user here");
        (await DisabledAsync(recipient)).ShouldBe("The mail came back: 5.1.1 550 5.1.1 No such user here");
    }

    [Fact]
    public async Task A_report_of_anothers_mail_in_ones_own_mailbox_says_nothing_of_it()
    {
        var (other, mine) = ($"{Guid.CreateVersion7():n}@contoso.test", $"{Guid.CreateVersion7():n}@contoso.test");
        var another = await app.Edge.NewUserAsync();
        var id = await SendAsync(another, other);
        await StatusAsync(another, id, "sent");
        var forged = await TakenAsync(other);
        var own = await SendAsync(app.Edge, mine);
        var honest = await TakenAsync(mine);

        // both come to the demo user's mailbox, in this order
        await app.Simulator.PostAsync($"/_sim/smtp/bounce/{forged["id"]}", new { });
        await app.Simulator.PostAsync($"/_sim/smtp/bounce/{honest["id"]}", new { });
        await StatusAsync(app.Edge, own, "failed");

        ((string)(await another.GetAsync($"/api/notifications/{id}"))["deliveryStatus"]!).ShouldBe("sent");
    }

    private static async Task<string> SendAsync(EdgeClient user, string recipient) => (string)(await user.PostAsync(
        "/api/notifications",
        new { channel = "email", recipient, body = "Ihre Rechnung – März\n\nGrüße 👋", priority = "high" },
        HttpStatusCode.Accepted))["id"]!;

    private async Task<JsonNode> TakenAsync(string recipient) => (await Eventually.SeesAsync(
        async () => (await app.Simulator.GetAsync($"/_sim/smtp/messages?to={recipient}"))["items"]!.AsArray().FirstOrDefault(),
        mail => mail is not null,
        $"a mail to {recipient}"))!;

    private static Task<JsonNode> StatusAsync(EdgeClient user, string id, string status) => Eventually.SeesAsync(
        () => user.GetAsync($"/api/notifications/{id}"),
        notification => (string)notification["deliveryStatus"]! == status,
        $"a notification {id} that is {status}");

    private async Task AddressAsync(string recipient)
    {
        await using var connection = await app.OpenDatabaseAsync();
        await using var command = connection.CreateCommand();
        command.CommandText =
            $"""
            WITH made AS (
                INSERT INTO recipients (id, user_id, external_id, created_at, updated_at)
                VALUES (gen_random_uuid(), '{DemoUser}', '{recipient}', now(), now())
                RETURNING id, user_id)
            INSERT INTO recipient_addresses (id, user_id, recipient_id, channel, address, fingerprint, created_at)
            SELECT gen_random_uuid(), user_id, id, 'email', '{recipient}', sha256(convert_to(E'email\n\n{recipient}', 'UTF8')), now()
            FROM made
            """;
        await command.ExecuteNonQueryAsync();
    }

    private async Task<string?> DisabledAsync(string recipient)
    {
        await using var connection = await app.OpenDatabaseAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT disabled_reason FROM recipient_addresses WHERE address = '{recipient}'";
        return await command.ExecuteScalarAsync() as string;
    }
}
