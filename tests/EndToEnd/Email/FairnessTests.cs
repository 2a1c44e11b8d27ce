using System.Globalization;
using System.Net;
using Dapper;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Email;

public sealed class FairnessTests(ApplicationFixture app)
{
    // a POST takes 500 at most; the whole backlog takes many times as long as the other user may wait
    private const int Flood = 100_000;
    private const int Posts = Flood / 500;
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task One_users_flood_does_not_hold_up_the_next_notification_of_another()
    {
        var (flooding, other) = (await app.Edge.NewUserAsync(), await app.Edge.NewUserAsync());
        await flooding.CreateRuleAsync("flood.test", "+15550116101");
        await other.CreateRuleAsync("quiet.test", "+15550116102");
        await other.MailAsync("before", "a@quiet.test", "Before");
        await other.NotificationAsync("Before", "delivered");
        for (var post = 0; post < Posts; post++)
        {
            await flooding.PostAsync("/api/webhooks/email", Enumerable.Range(post * 500, 500).Select(number => new
            {
                messageId = $"flood-{number}",
                from = "a@flood.test",
                to = "me@flood.test",
                subject = $"Flood {number}",
                text = "Hello",
            }), HttpStatusCode.Accepted);
        }

        var handedIn = TimeProvider.System.GetUtcNow();
        await other.MailAsync("next", "a@quiet.test", "Next");

        var next = await other.NotificationAsync("Next", "delivered");
        (DateTimeOffset.Parse((string)next["deliveredAt"]!, CultureInfo.InvariantCulture) - handedIn).ShouldBeLessThan(Late);
        // it was not simply all done by then
        await using var database = await app.OpenDatabaseAsync();
        (await database.ExecuteScalarAsync<long>(
            "SELECT count(*) FROM notifications WHERE recipient = '+15550116101' AND delivery_status = 'delivered'")).ShouldBeLessThan(Flood);
        // what is left of it is nobody's any more, and the tests that follow need not wait for it
        await EdgeClient.ReadAsync(await flooding.SendAsync(HttpMethod.Delete, "/api/users/me"), HttpStatusCode.Accepted);
    }
}
