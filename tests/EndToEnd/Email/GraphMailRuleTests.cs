using System.Net;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Email;

/// <summary>Mail of a mailbox at Microsoft 365 meets the rules of its user, as mail from anywhere does.</summary>
public sealed class GraphMailRuleTests(ApplicationFixture app)
{
    [Fact]
    public async Task A_new_mail_becomes_one_notification_and_neither_the_past_nor_what_was_sent_becomes_any()
    {
        var account = await TrackedAccount.ConnectAsync(app, new { messages = 20, replyRate = 1.0, spanDays = 10 });
        await CreateRuleAsync(account, "Bills", "combined", "{{subject}}: {{text}}", priority: 10, content: new { anyOf = new[] { "please pay" }, scope = "body" });
        await CreateRuleAsync(account, "All others", "sender", "{{subject}}", priority: 1);
        await account.SyncedAsync(await account.BeginSyncAsync());

        var name = Guid.CreateVersion7().ToString("n");
        await account.MailAsync(new { from = "billing@fabrikam.test", subject = $"Bill {name}", body = "Please  pay 42" });
        await account.MailAsync(new { from = "ann@fabrikam.test", subject = $"Hello {name}", body = "How are you?" });
        await account.SendAsync("ann@fabrikam.test", $"Sent {name}");

        var bill = await account.Owner.NotificationAsync($"Bill {name}: Please  pay 42", "delivered");
        ((string?)bill["recipient"]).ShouldBe("+15550112001");
        ((string?)bill["source"]).ShouldBe("email");
        await account.Owner.NotificationAsync($"Hello {name}", "delivered");

        // Graph lost some notifications, perhaps: both folders are read again by their changes
        await app.Simulator.PostAsync("/_sim/graph/lifecycle", new { address = account.Address, @event = "missed" });
        await account.TrackedAsync($"Sent {name}", _ => true, "is tracked");
        await account.MailAsync(new { from = "ann@fabrikam.test", subject = $"Last {name}", body = "Bye" });
        await account.Owner.NotificationAsync($"Last {name}", "delivered");

        (await account.Owner.NotificationsAsync()).Select(item => (string?)item["body"]).Order()
            .ShouldBe([$"Bill {name}: Please  pay 42", $"Hello {name}", $"Last {name}"]);
    }

    [Fact]
    public async Task A_mail_of_which_no_notification_told_meets_the_rules_when_it_is_read_as_a_change()
    {
        var account = await TrackedAccount.ConnectAsync(app);
        await CreateRuleAsync(account, "All", "sender", "{{subject}}: {{text}}", priority: 1);
        var name = Guid.CreateVersion7().ToString("n");

        await account.MailAsync(new { from = "ann@fabrikam.test", subject = $"Silent {name}", body = "Hello", silent = true });
        await app.Simulator.PostAsync("/_sim/graph/lifecycle", new { address = account.Address, @event = "missed" });

        await account.Owner.NotificationAsync($"Silent {name}: Hello", "delivered");
        (await account.Owner.NotificationsAsync()).ShouldHaveSingleItem();
    }

    private static async Task CreateRuleAsync(
        TrackedAccount account, string name, string type, string template, int priority, object? content = null) =>
        await account.Owner.PostAsync(
            "/api/rules",
            new
            {
                name,
                type,
                sender = new { wildcards = new[] { "*@*" } },
                content,
                template,
                priority,
                channel = "whatsapp",
                recipient = "+15550112001",
            },
            HttpStatusCode.Created);
}
