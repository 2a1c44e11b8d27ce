using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Microsoft;

namespace Switchboard.Tests.Simulator.Microsoft;

public sealed class SubscriptionTests
{
    [Fact]
    public async Task A_subscriber_is_told_of_new_mails_in_its_folder()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var graph = await SignedInAsync(simulator);
        using var answer = await SubscribeAsync(simulator, graph);
        var subscription = await answer.ReadJsonAsync();

        await AddAsync(simulator, "Sent", folder: "sentitems");
        var added = await AddAsync(simulator, "Received");
        var items = (await simulator.Edge.NextAsync()).Json["value"]!.AsArray();

        ((int)answer.StatusCode).ShouldBe(201);
        var item = items.ShouldHaveSingleItem()!;
        ((string)item["subscriptionId"]!).ShouldBe((string)subscription["id"]!);
        ((string)item["changeType"]!).ShouldBe("created");
        ((string)item["clientState"]!).ShouldBe("demo-state");
        ((string)item["resourceData"]!["id"]!).ShouldBe((string)added["id"]!);
        ((string)item["resourceData"]!["@odata.type"]!).ShouldBe("#Microsoft.Graph.Message");
        ((string)item["resource"]!).ShouldBe((string)item["resourceData"]!["@odata.id"]!);
        Guid.TryParse((string)item["tenantId"]!, out _).ShouldBeTrue();
        (await graph.GetAsync($"{((string)item["resource"]!).Replace("Users", "users").Replace("Messages", "messages")}"))["subject"]!.ToString().ShouldBe("Received");
        simulator.Edge.HasMore.ShouldBeFalse();
    }

    [Fact]
    public async Task Mails_that_come_together_are_told_in_few_notifications()
    {
        var clock = new TestClock();
        await using var simulator = await RunningSimulator.StartAsync(clock, "Graph:NotificationWindowMilliseconds=100", "Graph:NotificationMaxItems=50");
        var graph = await SignedInAsync(simulator);
        (await SubscribeAsync(simulator, graph, resource: "/me/messages", now: clock.GetUtcNow())).Dispose();

        await simulator.ControlAsync("/_sim/graph/messages", Enumerable.Range(0, 200)
            .Select(n => new { address = "ann@example.com", from = "ben@contoso.test", id = $"m{n}" }).ToArray());
        // all four senders of the address wait for what comes with the first mail
        await clock.WaitedForAsync(TimeSpan.FromMilliseconds(100), waits: 4);
        clock.Advance(TimeSpan.FromMilliseconds(100));
        List<string> told = [];
        var posts = 0;
        for (; told.Count < 200; posts++)
        {
            told.AddRange((await simulator.Edge.NextAsync()).Json["value"]!.AsArray().Select(item => (string)item!["resourceData"]!["id"]!));
        }

        told.Order().ShouldBe(Enumerable.Range(0, 200).Select(n => $"m{n}").Order());
        posts.ShouldBeInRange(4, 20);
    }

    [Fact]
    public async Task A_notification_comes_again_after_5xx_and_never_after_4xx()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var graph = await SignedInAsync(simulator);
        (await SubscribeAsync(simulator, graph)).Dispose();
        simulator.Edge.AnswerNext(503, 500, 202, 400, 503, 202);

        await AddAsync(simulator, "First");
        var first = new[] { await simulator.Edge.NextAsync(), await simulator.Edge.NextAsync(), await simulator.Edge.NextAsync() };
        var lost = await AddAsync(simulator, "Lost");
        var refused = await simulator.Edge.NextAsync();
        var third = await AddAsync(simulator, "Third");
        // another attempt for the lost one would come before this one's second
        var last = new[] { await simulator.Edge.NextAsync(), await simulator.Edge.NextAsync() };

        first.Select(Id).Distinct().Count().ShouldBe(1);
        Id(refused).ShouldBe((string)lost["id"]!);
        last.Select(Id).ShouldAllBe(id => id == (string)third["id"]!);
    }

    [Theory]
    [InlineData("wrong", 4000, "created", "demo-state", "me/messages", "ValidationError")]
    [InlineData(null, 4240, "created", "demo-state", "me/messages", "InvalidRequest")]
    [InlineData(null, -1, "created", "demo-state", "me/messages", "InvalidRequest")]
    [InlineData(null, 4000, "born", "demo-state", "me/messages", "InvalidRequest")]
    [InlineData(null, 4000, "created", null, "me/events", "InvalidRequest")]
    [InlineData(null, 4000, "created", "long", "me/messages", "InvalidRequest")]
    public async Task A_subscription_that_Graph_would_refuse_is_refused(string? echo, int minutes, string changeType, string? clientState, string resource, string code)
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var graph = await SignedInAsync(simulator);
        simulator.Edge.Echo = echo;

        using var answer = await SubscribeAsync(simulator, graph, resource, minutes, changeType, clientState == "long" ? new string('x', 129) : clientState);

        ((int)answer.StatusCode).ShouldBe(400);
        ((string)(await answer.ReadJsonAsync())["error"]!["code"]!).ShouldBe(code);
        (await graph.GetAsync("subscriptions"))["value"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task An_address_that_nobody_answers_at_is_not_subscribed()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var graph = await SignedInAsync(simulator);

        using var answer = await SubscribeAsync(simulator, graph, lifecycle: "http://127.0.0.1:9/lifecycle");

        ((int)answer.StatusCode).ShouldBe(400);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("ValidationError");
    }

    [Fact]
    public async Task A_subscription_is_read_renewed_and_ended()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var graph = await SignedInAsync(simulator);
        using var made = await SubscribeAsync(simulator, graph);
        var id = (string)(await made.ReadJsonAsync())["id"]!;
        var until = TimeProvider.System.GetUtcNow().AddMinutes(4200);

        using var renewed = await graph.CallAsync($"subscriptions/{id}", HttpMethod.Patch, new { expirationDateTime = until });
        using var tooFar = await graph.CallAsync($"subscriptions/{id}", HttpMethod.Patch, new { expirationDateTime = until.AddDays(1) });
        var read = await graph.GetAsync($"subscriptions/{id}");
        using var deleted = await graph.CallAsync($"subscriptions/{id}", HttpMethod.Delete);
        using var gone = await graph.CallAsync($"subscriptions/{id}");

        ((int)renewed.StatusCode).ShouldBe(200);
        ((int)tooFar.StatusCode).ShouldBe(400);
        ((DateTimeOffset)read["expirationDateTime"]!).ShouldBe(until);
        ((int)deleted.StatusCode).ShouldBe(204);
        ((int)gone.StatusCode).ShouldBe(404);
    }

    [Fact]
    public async Task What_is_silent_or_after_the_end_of_a_subscription_is_never_told()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var graph = await SignedInAsync(simulator);
        using var made = await SubscribeAsync(simulator, graph);
        var id = (string)(await made.ReadJsonAsync())["id"]!;

        await AddAsync(simulator, "Unheard", silent: true);
        await simulator.ControlAsync("/_sim/graph/lifecycle", new { address = "ann@example.com", @event = "missed" });
        var missed = await simulator.Edge.NextAsync();
        (await graph.CallAsync($"subscriptions/{id}", HttpMethod.Delete)).Dispose();
        await AddAsync(simulator, "Too late");
        (await SubscribeAsync(simulator, graph)).Dispose();
        var last = await AddAsync(simulator, "Heard");

        missed.Provider.ShouldBe("graph-lifecycle");
        ((string)missed.Json["value"]![0]!["lifecycleEvent"]!).ShouldBe("missed");
        ((string)missed.Json["value"]![0]!["clientState"]!).ShouldBe("demo-state");
        Id(await simulator.Edge.NextAsync()).ShouldBe((string)last["id"]!);
    }

    [Fact]
    public async Task A_subscription_that_waits_for_authorisation_is_told_nothing_until_it_has_it()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var graph = await SignedInAsync(simulator);
        using var made = await SubscribeAsync(simulator, graph);
        var id = (string)(await made.ReadJsonAsync())["id"]!;

        await simulator.ControlAsync("/_sim/graph/lifecycle", new { address = "ann@example.com", @event = "reauthorizationRequired" });
        var required = await simulator.Edge.NextAsync();
        await AddAsync(simulator, "Unheard");
        using var authorised = await graph.CallAsync($"subscriptions/{id}/reauthorize", HttpMethod.Post);
        var heard = await AddAsync(simulator, "Heard");

        ((string)required.Json["value"]![0]!["lifecycleEvent"]!).ShouldBe("reauthorizationRequired");
        ((int)authorised.StatusCode).ShouldBe(204);
        Id(await simulator.Edge.NextAsync()).ShouldBe((string)heard["id"]!);
    }

    [Fact]
    public async Task A_subscription_that_was_removed_says_so_and_is_gone()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var graph = await SignedInAsync(simulator);
        (await SubscribeAsync(simulator, graph)).Dispose();

        var answer = await simulator.ControlAsync("/_sim/graph/lifecycle", new { address = "ann@example.com", @event = "subscriptionRemoved" });
        var removed = await simulator.Edge.NextAsync();

        ((int)answer!["told"]!).ShouldBe(1);
        ((string)removed.Json["value"]![0]!["lifecycleEvent"]!).ShouldBe("subscriptionRemoved");
        (await graph.GetAsync("subscriptions"))["value"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public void A_subscription_ends_at_its_time()
    {
        var time = new TestClock();
        var limits = new GraphLimits(Options.Create(new GraphOptions()));
        var mailbox = new GraphMailbox(new MailboxSpec("ann@example.com", 0, 0, 1, 0, 0, 1, time.GetUtcNow()), new RequestGate(limits, time), 1);
        var subscriptions = new Subscriptions(time);
        var subscription = new Subscription(Guid.CreateVersion7(), mailbox, null, "me/messages", "created,updated", new Uri("http://localhost"), null, null)
        {
            ExpiresAt = time.GetUtcNow().AddMinutes(1),
        };
        subscriptions.Add(subscription);

        time.Advance(TimeSpan.FromSeconds(59));
        subscriptions.Has(subscription).ShouldBeTrue();
        subscription.Wants(MailFolder.Inbox, time.GetUtcNow()).ShouldBeTrue();
        time.Advance(TimeSpan.FromSeconds(1));
        subscription.Wants(MailFolder.Inbox, time.GetUtcNow()).ShouldBeFalse();
        subscriptions.Has(subscription).ShouldBeFalse();
        subscriptions.Of(mailbox).ShouldBeEmpty();
    }

    private static async Task<GraphClient> SignedInAsync(RunningSimulator simulator)
    {
        await GraphClient.MakeAsync(simulator, 3);
        return await GraphClient.SignInAsync(simulator);
    }

    private static Task<HttpResponseMessage> SubscribeAsync(
        RunningSimulator simulator, GraphClient graph, string resource = "me/mailFolders('inbox')/messages", int minutes = 4000, string changeType = "created",
        string? clientState = "demo-state", string? lifecycle = null, DateTimeOffset? now = null) => graph.CallAsync("subscriptions", HttpMethod.Post, new
        {
            changeType,
            resource,
            clientState,
            notificationUrl = $"{simulator.Edge.Url}/api/webhooks/graph",
            lifecycleNotificationUrl = lifecycle ?? $"{simulator.Edge.Url}/api/webhooks/graph-lifecycle",
            expirationDateTime = (now ?? TimeProvider.System.GetUtcNow()).AddMinutes(minutes),
        });

    private static async Task<JsonNode> AddAsync(RunningSimulator simulator, string subject, string folder = "inbox", bool silent = false) =>
        (await simulator.ControlAsync(
            "/_sim/graph/messages", new { address = "ann@example.com", folder, from = "ben@contoso.test", to = "ben@contoso.test", subject, silent }))!;

    private static string Id(Webhook webhook) => (string)webhook.Json["value"]![0]!["resourceData"]!["id"]!;
}
