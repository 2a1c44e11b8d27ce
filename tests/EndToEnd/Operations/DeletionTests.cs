using System.Net;
using System.Text.Json.Nodes;
using Dapper;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Operations;

/// <summary>A user exports what there is of them, and deletes themselves: here and at their providers nothing is left.</summary>
public sealed class DeletionTests(ApplicationFixture app)
{
    [Fact]
    public async Task A_user_takes_what_is_theirs_along_and_is_gone_with_accounts_mail_and_notifications()
    {
        var account = await TrackedAccount.ConnectAsync(app);
        var gmail = $"{Guid.CreateVersion7():n}@gmail.test";
        await account.Owner.PostAsync(
            "/api/mailboxes", new { address = gmail, refreshToken = $"demo-gmail-refresh:{gmail}" }, HttpStatusCode.Created);
        await account.Owner.CreateRuleAsync("fabrikam.test", "+15550112077");
        var subject = $"Bill {Guid.CreateVersion7():n}";
        await account.MailAsync(new { from = "billing@fabrikam.test", subject, body = "Please pay" });
        await account.Owner.NotificationAsync(subject, "delivered");
        await Eventually.SeesAsync(() => MailboxAsync(gmail), box => (string?)box?["watchedUntil"] is not null, "a watch of Gmail");

        var export = await (await account.Owner.SendAsync(HttpMethod.Get, "/api/users/me/export")).Content.ReadAsStringAsync();
        var lines = export.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToArray();
        lines.Select(line => (string)line["type"]!).ShouldBeSubsetOf(
            ["user", "apiKey", "account", "rule", "email", "notification", "count", "trackedEmail", "receivedEmail"]);
        lines.ShouldContain(line => (string)line["type"]! == "notification" && (string)line["data"]!["body"]! == subject);
        export.ShouldNotContain("oken");
        var userId = (string)lines.Single(line => (string)line["type"]! == "user")["data"]!["id"]!;

        using var answer = await account.Owner.SendAsync(HttpMethod.Delete, "/api/users/me");
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await account.Owner.SendAsync(HttpMethod.Get, "/api/rules")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await Eventually.SeesAsync(
            async () => JsonNode.Parse(await app.Edge.Http.GetStringAsync(answer.Headers.Location))!,
            deletion => (string)deletion["state"]! == "completed",
            "a completed deletion",
            TimeSpan.FromSeconds(120));

        var simulated = (await app.Simulator.GetAsync("/_sim/graph/mailboxes")).AsArray().Single(box => (string)box!["address"]! == account.Address);
        simulated!["subscriptions"]!.AsArray().ShouldBeEmpty();
        var stopped = await MailboxAsync(gmail);
        ((bool)stopped!["isStopped"]!).ShouldBeTrue();
        ((bool)stopped["isRevoked"]!).ShouldBeTrue();
        await using var database = await app.OpenDatabaseAsync();
        foreach (var table in new[] { "users", "notifications", "emails", "tracked_emails", "mailboxes", "event_rollups", "scheduled_jobs", "deletions" })
            (await database.ExecuteScalarAsync<long>($"SELECT count(*) FROM {table} AS t WHERE t::text LIKE @name", new { name = $"%{userId}%" }))
                .ShouldBe(0, table);
    }

    private async Task<JsonNode?> MailboxAsync(string address) =>
        (await app.Simulator.GetAsync("/_sim/gmail/mailboxes")).AsArray().FirstOrDefault(box => (string)box!["address"]! == address);
}
