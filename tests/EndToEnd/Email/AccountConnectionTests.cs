using System.Net;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Email;

/// <summary>A mailbox of Microsoft 365 is connected, paused, and disconnected.</summary>
public sealed class AccountConnectionTests(ApplicationFixture app) : IAsyncLifetime
{
    private readonly MailboxHolder _owner = new(app.Simulator);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await app.Simulator.HealAsync();
        _owner.Dispose();
    }

    [Fact]
    public async Task A_mailbox_is_connected_by_its_owner_and_shown_to_nobody_else()
    {
        var me = await app.Edge.NewUserAsync();
        var address = await _owner.NewMailboxAsync();

        var begun = await MailboxHolder.BeginAsync(me, address);
        ((string?)begun["provider"]).ShouldBe("microsoft");
        ((DateTimeOffset)begun["expiresAt"]!).ShouldBeGreaterThan(TimeProvider.System.GetUtcNow().AddMinutes(9));
        var account = await EdgeClient.ReadAsync(await _owner.ComeBackAsync(begun), HttpStatusCode.OK);

        ((string?)account["address"]).ShouldBe(address);
        ((string?)account["status"]).ShouldBe("active");
        ((string?)account["tracking"]!["mode"]).ShouldBe("all");
        account["trackingSince"].ShouldNotBeNull();
        account.ToJsonString().ShouldNotContain("oken", Case.Insensitive);

        var id = (string)account["id"]!;
        ((string?)(await me.GetAsync($"/api/accounts/email/{id}"))["address"]).ShouldBe(address);
        (await me.GetAsync("/api/accounts/email"))["items"]!.AsArray().Select(item => (string?)item!["id"]).ShouldBe([id]);
        (await me.GetAsync("/api/mailboxes"))["items"]!.AsArray().ShouldBeEmpty();
        var other = await app.Edge.NewUserAsync();
        (await other.GetAsync("/api/accounts/email"))["items"]!.AsArray().ShouldBeEmpty();
        await RefusedAsync(await other.SendAsync(HttpMethod.Get, $"/api/accounts/email/{id}"), HttpStatusCode.NotFound);
        await RefusedAsync(await other.SendAsync(HttpMethod.Patch, $"/api/accounts/email/{id}", new { status = "paused" }), HttpStatusCode.NotFound);
        await RefusedAsync(await other.SendAsync(HttpMethod.Delete, $"/api/accounts/email/{id}"), HttpStatusCode.NotFound);
        await RefusedAsync(
            await other.SendAsync(HttpMethod.Post, "/api/emails/sync", new { accountId = id }), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_browser_sees_a_page_that_runs_nothing()
    {
        var me = await app.Edge.NewUserAsync();
        var address = await _owner.NewMailboxAsync();

        using var page = await _owner.ComeBackAsync(await MailboxHolder.BeginAsync(me, address), accept: "text/html,application/xhtml+xml,*/*;q=0.8");

        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        page.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("default-src 'none'");
        (await page.Content.ReadAsStringAsync()).ShouldContain(address);
    }

    [Fact]
    public async Task A_state_is_good_once_and_only_if_it_is_ours()
    {
        var me = await app.Edge.NewUserAsync();
        var begun = await MailboxHolder.BeginAsync(me, await _owner.NewMailboxAsync());
        var callback = await _owner.ConsentAsync(begun);
        (await _owner.GetAsync(callback)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await RefusedAsync(await _owner.GetAsync(callback), HttpStatusCode.BadRequest, "connection-ended");
        await RefusedAsync(await _owner.GetAsync(MailboxHolder.PageOf(begun)), HttpStatusCode.BadRequest, "connection-ended");
        await RefusedAsync(
            await app.Edge.Http.GetAsync(new Uri($"/api/accounts/email/callback?code=x&state={new string('a', 43)}", UriKind.Relative)),
            HttpStatusCode.BadRequest, "connection-ended");
        await RefusedAsync(
            await app.Edge.Http.GetAsync(new Uri("/api/accounts/email/callback", UriKind.Relative)), HttpStatusCode.BadRequest, "connection-ended");
    }

    [Fact]
    public async Task Who_does_not_consent_is_told_so_and_may_think_again()
    {
        var me = await app.Edge.NewUserAsync();
        var address = $"{Guid.CreateVersion7():n}@example.com";
        var begun = await MailboxHolder.BeginAsync(me, address);

        // nobody there has this mailbox yet
        await RefusedAsync(await _owner.ComeBackAsync(begun), HttpStatusCode.Forbidden, "not-consented");

        await _owner.NewMailboxAsync(address);
        (await _owner.ComeBackAsync(begun)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_authority_that_is_away_uses_nothing_up()
    {
        var me = await app.Edge.NewUserAsync();
        var begun = await MailboxHolder.BeginAsync(me, await _owner.NewMailboxAsync());
        var callback = await _owner.ConsentAsync(begun);
        await app.Simulator.FailAsync(new { provider = "microsoft", status = 503, count = 1, containing = "grant_type=authorization_code" });

        using (var refused = await _owner.GetAsync(callback))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            refused.Headers.RetryAfter.ShouldNotBeNull();
        }

        (await _owner.ComeBackAsync(begun)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Another_mailbox_than_the_one_that_was_meant_is_not_connected()
    {
        var me = await app.Edge.NewUserAsync();
        var (meant, other) = (await _owner.NewMailboxAsync(), await _owner.NewMailboxAsync());
        var begun = await MailboxHolder.BeginAsync(me, meant);

        var url = (await _owner.ConfirmAsync(begun)).AbsoluteUri
            .Replace(Uri.EscapeDataString(meant), Uri.EscapeDataString(other), StringComparison.Ordinal);
        var problem = await RefusedAsync(await _owner.GetAsync(await _owner.ConsentAsync(new Uri(url))), HttpStatusCode.Conflict);

        ((string)problem["detail"]!).ShouldContain(other);
        (await me.GetAsync("/api/accounts/email"))["items"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_mailbox_of_another_user_is_not_taken_from_them()
    {
        var (me, other) = (await app.Edge.NewUserAsync(), await app.Edge.NewUserAsync());
        var address = await _owner.NewMailboxAsync();
        await _owner.ConnectAsync(me, address);

        await RefusedAsync(await _owner.ComeBackAsync(await MailboxHolder.BeginAsync(other, address)), HttpStatusCode.Conflict);

        (await other.GetAsync("/api/accounts/email"))["items"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Connecting_it_again_lets_a_revoked_account_go_on_as_it_was()
    {
        var me = await app.Edge.NewUserAsync();
        var address = await _owner.NewMailboxAsync();
        var id = await _owner.ConnectAsync(me, address, new { mode = "requested", windowDays = 7 });
        await ExecuteAsync("UPDATE mailboxes SET status = 'revoked', status_reason = 'Taken back.' WHERE id = $1", id);

        await RefusedAsync(await me.SendAsync(HttpMethod.Patch, $"/api/accounts/email/{id}", new { status = "active" }), HttpStatusCode.Conflict);
        await RefusedAsync(await me.SendAsync(HttpMethod.Post, "/api/emails/sync", new { accountId = id }), HttpStatusCode.Conflict);
        var account = await EdgeClient.ReadAsync(await _owner.ComeBackAsync(await MailboxHolder.BeginAsync(me, address)), HttpStatusCode.OK);

        ((string?)account["id"]).ShouldBe(id);
        ((string?)account["status"]).ShouldBe("active");
        account["statusReason"].ShouldBeNull();
        ((string?)account["tracking"]!["mode"]).ShouldBe("requested");
        ((int)account["tracking"]!["windowDays"]!).ShouldBe(7);
    }

    [Fact]
    public async Task What_is_tracked_is_changed_as_a_whole_or_turned_off()
    {
        var me = await app.Edge.NewUserAsync();
        var path = $"/api/accounts/email/{await _owner.ConnectAsync(me, await _owner.NewMailboxAsync())}";

        var followUp = new { afterWorkingDays = 3, maxReminders = 2, timeZone = "Europe/Zurich", channel = "whatsapp", recipient = "+15550114100" };
        var changed = await PatchAsync(me, path, new { tracking = new { mode = "matching", recipients = new[] { "*@contoso.test" }, followUp } });
        ((string?)changed["tracking"]!["followUp"]!["timeZone"]).ShouldBe("Europe/Zurich");

        var problem = await RefusedAsync(
            await me.SendAsync(HttpMethod.Patch, path, new { tracking = new { mode = "all", windowDays = 400, followUp = followUp with { timeZone = "Mars/Crater" } } }),
            HttpStatusCode.BadRequest);
        problem["errors"]!.AsArray().Select(error => (string?)error!["name"])
            .ShouldBe(["tracking.windowDays", "tracking.followUp.timeZone"], ignoreOrder: true);

        var off = await PatchAsync(me, path, JsonNode.Parse("""{"tracking":null}""")!);
        off["tracking"].ShouldBeNull();
        off["trackingSince"].ShouldBeNull();
        ((string?)(await PatchAsync(me, path, new { status = "paused" }))["status"]).ShouldBe("paused");
    }

    [Fact]
    public async Task What_was_tracked_of_a_disconnected_account_goes_and_nothing_of_another()
    {
        var me = await app.Edge.NewUserAsync();
        var (gone, kept) = (await _owner.ConnectAsync(me, await _owner.NewMailboxAsync()), await _owner.ConnectAsync(me, await _owner.NewMailboxAsync()));
        foreach (var id in new[] { gone, kept })
            await ExecuteAsync("INSERT INTO tracked_email_changes (account_id, hour) VALUES ($1, '2020-01-01Z'), ($1, '2020-01-02Z')", id);

        (await me.SendAsync(HttpMethod.Delete, $"/api/accounts/email/{gone}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await RefusedAsync(await me.SendAsync(HttpMethod.Get, $"/api/accounts/email/{gone}"), HttpStatusCode.NotFound);
        await RefusedAsync(await me.SendAsync(HttpMethod.Delete, $"/api/accounts/email/{gone}"), HttpStatusCode.NotFound);
        await Eventually.SeesAsync(() => CountAsync(gone), count => count == 0, "nothing tracked of the account that is gone");
        (await CountAsync(kept)).ShouldBe(2);
    }

    private static async Task<JsonNode> PatchAsync(EdgeClient user, string path, object body) =>
        await EdgeClient.ReadAsync(await user.SendAsync(HttpMethod.Patch, path, body), HttpStatusCode.OK);

    private static async Task<JsonNode> RefusedAsync(HttpResponseMessage response, HttpStatusCode expected, string? type = null)
    {
        var problem = await EdgeClient.ReadAsync(response, expected);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        if (type is not null)
            ((string?)problem["type"]).ShouldEndWith(type);
        return problem;
    }

    private async Task ExecuteAsync(string sql, string accountId)
    {
        await using var database = await app.OpenDatabaseAsync();
        await using var command = new NpgsqlCommand(sql, database);
        command.Parameters.AddWithValue(Guid.Parse(accountId));
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> CountAsync(string accountId)
    {
        await using var database = await app.OpenDatabaseAsync();
        return await database.ExecuteScalarAsync<long>(
            "SELECT count(*) FROM tracked_email_changes WHERE account_id = @id AND hour < '2020-02-01Z'", new { id = Guid.Parse(accountId) });
    }
}
