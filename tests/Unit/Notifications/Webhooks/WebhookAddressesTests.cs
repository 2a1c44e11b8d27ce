using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Switchboard.Core.Notifications.Webhooks;
using Switchboard.Edge.Api.Notifications.Webhooks;
using Switchboard.Tests.Unit.Providers;
using Switchboard.Workers.Dispatch.Channels.Webhook;

namespace Switchboard.Tests.Unit.Notifications.Webhooks;

/// <summary>What tries to make the product call the operator's own machines: at save, at connect, by names, redirects and rebinding.</summary>
public sealed class WebhookAddressesTests
{
    private readonly Dictionary<string, string[]> _names = new()
    {
        ["public.test"] = ["54.231.0.1"],
        ["private.test"] = ["10.0.0.1"],
        ["loopback.test"] = ["127.0.0.1"],
        ["mapped.test"] = ["::ffff:169.254.169.254"],
        ["mixed.test"] = ["54.231.0.1", "192.168.1.1"],
        ["metadata.test"] = ["169.254.169.254"],
        ["ula.test"] = ["fd12:3456::1"],
    };

    private int _asked;

    [Theory]
    [InlineData("https://10.0.0.1/")]
    [InlineData("https://127.0.0.1:8080/hook")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://169.254.169.254/latest/meta-data/")]
    [InlineData("https://100.64.0.1/")]
    [InlineData("https://0.0.0.0/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::]/")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://[::ffff:7f00:1]/")]
    [InlineData("https://[64:ff9b::a00:1]/")]
    [InlineData("https://[2002:7f00:1::]/")]
    [InlineData("https://[fd00::1]/")]
    [InlineData("https://[fe80::1]/")]
    [InlineData("https://private.test/")]
    [InlineData("https://loopback.test/")]
    [InlineData("https://mapped.test/")]
    [InlineData("https://mixed.test/")]
    [InlineData("https://metadata.test/")]
    [InlineData("https://ula.test/")]
    public async Task What_is_not_of_the_internet_is_refused_when_it_is_saved(string url) =>
        (await Urls().ErrorOfAsync(url, default)).ShouldBe("It must be at an address of the internet.");

    [Theory]
    [InlineData("https://public.test/hook?x=1")]
    [InlineData("https://54.231.0.1/")]
    [InlineData("https://[2600:1f18::1]/")]
    [InlineData("https://unknown.test/")]
    public async Task What_is_or_may_be_is_taken(string url) => (await Urls().ErrorOfAsync(url, default)).ShouldBeNull();

    [Theory]
    [InlineData("http://public.test/", "It must begin with https.")]
    [InlineData("ftp://public.test/", "It must begin with https.")]
    [InlineData("file:///etc/passwd", "It must be a URL: https://example.com/webhooks.")]
    [InlineData("public.test/hook", "It must be a URL: https://example.com/webhooks.")]
    [InlineData("https://ann:secret@public.test/", "It must not have a user or password: the signature proves who sends.")]
    [InlineData("https://public.test/#x", "It must not have a fragment (#…).")]
    public async Task A_URL_has_a_form(string url, string error) => (await Urls().ErrorOfAsync(url, default)).ShouldBe(error);

    [Fact]
    public async Task Networks_that_the_operator_names_are_allowed_and_no_others()
    {
        var urls = Urls("10.0.0.0/24", "::1/128");

        (await urls.ErrorOfAsync("https://private.test/", default)).ShouldBeNull();
        (await urls.ErrorOfAsync("https://[::ffff:10.0.0.1]/", default)).ShouldBeNull();
        (await urls.ErrorOfAsync("https://[::1]/", default)).ShouldBeNull();
        (await urls.ErrorOfAsync("https://10.0.1.1/", default)).ShouldNotBeNull();
        (await urls.ErrorOfAsync("https://127.0.0.1/", default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_name_that_points_elsewhere_after_it_was_saved_is_refused_at_the_connection_and_nothing_arrives()
    {
        var arrived = 0;
        await using var server = await LoopbackServer.StartAsync(_ =>
        {
            arrived++;
            return Task.CompletedTask;
        });
        (await Urls().ErrorOfAsync("https://public.test/", default)).ShouldBeNull();
        _names["public.test"] = ["127.0.0.1"];

        var answer = await PostAsync(new Uri($"http://public.test:{server.Url.Port}/"));

        (answer.IsRefused, answer.Status, arrived).ShouldBe((true, null, 0));
        answer.Error.ShouldBe("public.test has no public address.");
        DeliveryDecision.For(answer, 1, 0.5).Outcome.ShouldBe(DeliveryOutcome.Failed);
        (await PostAsync(new Uri($"http://[::ffff:127.0.0.1]:{server.Url.Port}/"))).IsRefused.ShouldBeTrue();
        (await PostAsync(server.Url)).IsRefused.ShouldBeTrue();
        arrived.ShouldBe(0);
    }

    [Fact]
    public async Task The_connection_is_made_to_the_address_that_was_looked_at()
    {
        await using var server = await LoopbackServer.StartAsync(context => context.Response.WriteAsync("ok"));
        _names["once.test"] = ["127.0.0.1"];

        var answer = await PostAsync(new Uri($"http://once.test:{server.Url.Port}/"), "127.0.0.0/8");

        (answer.Status, answer.Body, _asked).ShouldBe((200, "ok", 1));
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        var paths = new List<string>();
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            paths.Add(context.Request.Path);
            context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });

        var answer = await PostAsync(server.Url, "127.0.0.0/8");

        (answer.Status, string.Join(' ', paths)).ShouldBe((302, "/"));
        DeliveryDecision.For(answer, 1, 0.5).Outcome.ShouldBe(DeliveryOutcome.Retry);
    }

    [Fact]
    public async Task Of_an_endless_answer_a_little_is_kept_and_no_more_is_read_than_that()
    {
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            var block = new byte[64 * 1024];
            Array.Fill(block, (byte)'x');
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(block, context.RequestAborted);
        });

        var answer = await PostAsync(server.Url, "127.0.0.0/8");

        (answer.Status, answer.Body).ShouldBe((200, new string('x', 2_048)));
    }

    [Fact]
    public async Task Of_an_answer_that_drips_the_status_counts_and_its_time_is_bounded()
    {
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            await context.Response.WriteAsync("x");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });

        var answer = await PostAsync(server.Url, "127.0.0.0/8");

        (answer.Status, answer.Body).ShouldBe((200, "x"));
        answer.Took.ShouldBeInRange(TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Who_does_not_answer_is_given_up()
    {
        await using var server = await LoopbackServer.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));

        var answer = await PostAsync(server.Url, "127.0.0.0/8");

        (answer.Status, answer.Error).ShouldBe((null, "It did not answer within 1 s."));
    }

    private WebhookUrls Urls(params string[] allowed) => new(Addresses(allowed), Options.Create(new WebhookEndpointOptions()));

    private async Task<WebhookAnswer> PostAsync(Uri url, params string[] allowed)
    {
        using var client = new WebhookClient(
            Addresses(allowed), Options.Create(new WebhookDeliveryOptions { TimeoutSeconds = 1 }), TimeProvider.System);
        return await client.PostAsync(url, "msg_1", "{}", [WebhookSecret.New()], default);
    }

    private WebhookAddresses Addresses(string[] allowed) => new(
        Options.Create(new WebhookAddressOptions { AllowedNetworks = [.. allowed] }),
        (name, _) =>
        {
            _asked++;
            return _names.TryGetValue(name, out var addresses)
                ? Task.FromResult(Array.ConvertAll(addresses, IPAddress.Parse))
                : throw new SocketException((int)SocketError.HostNotFound);
        });
}
