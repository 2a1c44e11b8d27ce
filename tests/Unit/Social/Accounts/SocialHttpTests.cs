using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Switchboard.Core.Providers;
using Switchboard.Core.Security;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;
using Switchboard.Tests.Unit.Providers;

namespace Switchboard.Tests.Unit.Social.Accounts;

/// <summary>What an account asks goes through its proxy, over real connections, and never past it.</summary>
public sealed class SocialHttpTests : IAsyncLifetime
{
    private LoopbackServer _server = null!;
    private int _arrived;

    public async ValueTask InitializeAsync() => _server = await LoopbackServer.StartAsync(context =>
    {
        Interlocked.Increment(ref _arrived);
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    });

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("http")]
    [InlineData("socks5")]
    public async Task Requests_of_an_account_go_through_its_proxy_also_to_this_machine(string scheme)
    {
        await using var proxy = scheme == "http" ? LocalProxy.Http() : LocalProxy.Socks5();
        await using var services = Services("127.0.0.0/8");
        var account = Account(proxy.Port, scheme);

        using var answer = await services.GetRequiredService<SocialHttp>().For(account).GetAsync("api/v1/instance");

        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (proxy.Requests, _arrived).ShouldBe((1, 1));
    }

    [Fact]
    public async Task A_proxy_is_shown_its_user_name_and_password()
    {
        await using var proxy = LocalProxy.Socks5();
        await using var services = Services("127.0.0.0/8");
        var account = Account(proxy.Port, "socks5");
        account = account with
        {
            Proxy = account.Proxy! with
            {
                Credentials = ProxyCredentials.Write(services.GetRequiredService<SecretProtector>(), account.Proxy.Id, "ann:1", "p@ss:word"),
            },
        };

        using var answer = await services.GetRequiredService<SocialHttp>().For(account).GetAsync("");

        proxy.Credentials.ShouldBe("ann:1:p@ss:word");
    }

    [Theory]
    [InlineData("http")]
    [InlineData("socks5")]
    public async Task Nothing_goes_out_when_the_proxy_takes_no_connection(string scheme)
    {
        int port;
        await using (var proxy = LocalProxy.Http())
            port = proxy.Port;
        await using var services = Services("127.0.0.0/8");

        var failure = (await Should.ThrowAsync<ProviderException>(
            () => services.GetRequiredService<SocialHttp>().For(Account(port, scheme)).GetAsync(""))).Failure;

        failure.Kind.ShouldBe(FailureKind.Throttled, "it waits, and has not failed");
        failure.Code.ShouldBe(SocialFailures.ProxyDown);
        failure.Error.ShouldContain($"127.0.0.1:{port} is down");
        _arrived.ShouldBe(0);
    }

    [Fact]
    public async Task Nothing_goes_out_while_the_checks_of_the_proxy_fail()
    {
        await using var proxy = LocalProxy.Http();
        await using var services = Services("127.0.0.0/8");
        var account = Account(proxy.Port, "http");
        account = account with { Proxy = account.Proxy! with { IsDown = true } };

        (await Should.ThrowAsync<ProviderException>(() => services.GetRequiredService<SocialHttp>().For(account).GetAsync("")))
            .Kind.ShouldBe(FailureKind.Throttled);
        (proxy.Requests, _arrived).ShouldBe((0, 0));
        using var checking = await services.GetRequiredService<SocialHttp>().Through(account.Proxy!).GetAsync(_server.Url);
        checking.StatusCode.ShouldBe(HttpStatusCode.NoContent, "its check goes through it");
    }

    [Fact]
    public async Task A_private_proxy_and_a_private_server_are_refused_unless_their_network_is_allowed()
    {
        await using var proxy = LocalProxy.Http();
        await using var services = Services();
        var http = services.GetRequiredService<SocialHttp>();

        (await Should.ThrowAsync<ProviderException>(() => http.For(Account(proxy.Port, "http")).GetAsync(""))).Kind
            .ShouldBe(FailureKind.Throttled);
        (await Should.ThrowAsync<HttpRequestException>(() => http.For(Account(proxy.Port, "http") with { Proxy = null }).GetAsync("")))
            .GetBaseException().ShouldBeOfType<PrivateAddressException>();
        (proxy.Requests, _arrived).ShouldBe((0, 0));
    }

    [Fact]
    public async Task A_proxy_that_was_changed_is_another_one()
    {
        await using var former = LocalProxy.Http();
        await using var present = LocalProxy.Http();
        await using var services = Services("127.0.0.0/8");
        var account = Account(former.Port, "http");
        var http = services.GetRequiredService<SocialHttp>();

        using var first = await http.For(account).GetAsync("");
        using var second = await http.For(account with
        {
            Proxy = account.Proxy! with { Version = 2, Address = new($"http://127.0.0.1:{present.Port}") },
        }).GetAsync("");

        (former.Requests, present.Requests).ShouldBe((1, 1));
    }

    private SocialAccount Account(int proxyPort, string scheme) => new(
        Guid.CreateVersion7(), Guid.CreateVersion7(), SocialPlatforms.Mastodon, _server.Url.AbsoluteUri.TrimEnd('/'), "1", "ann",
        AccountStates.Active, new(Guid.CreateVersion7(), 1, new($"{scheme}://127.0.0.1:{proxyPort}"), IsDown: false));

    private static ServiceProvider Services(params string[] allowed)
    {
        var settings = allowed.Select((network, index) => KeyValuePair.Create($"Social:AllowedNetworks:{index}", (string?)network))
            .Append(new("Encryption:Key", "a secret of at least thirty-two characters"));
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMetrics();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        services.AddSingleton<TimeProvider>(TimeProvider.System);
        services.AddSocialAccounts();
        return services.BuildServiceProvider();
    }
}
