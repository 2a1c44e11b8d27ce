using Microsoft.Extensions.DependencyInjection;
using Switchboard.Core.Providers;

namespace Switchboard.Tests.Unit.Providers;

public sealed class HostCircuitsTests
{
    [Fact]
    public void Hosts_have_circuits_of_their_own_and_inventing_more_makes_no_more_than_some()
    {
        var circuits = new HostCircuits();
        var first = Enumerable.Range(0, 1_000).Select(i => circuits.Of(new($"https://{i}.test/a"))).ToHashSet();
        var later = Enumerable.Range(1_000, 100_000).Select(i => circuits.Of(new($"https://{i}.test/a"))).ToHashSet();

        first.Count.ShouldBe(1_000);
        later.Count.ShouldBeLessThanOrEqualTo(64);
        first.Overlaps(later).ShouldBeFalse();
        circuits.Of(new("https://7.test/b")).ShouldBe(circuits.Of(new("https://7.test/a")));
        circuits.Of(new("https://7.test:8443/a")).ShouldNotBe(circuits.Of(new("https://7.test/a")));
    }

    [Fact]
    public async Task A_host_that_fails_opens_its_own_circuit_and_no_other()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddProviderHttpClient("hosts", _ => new(null, TimeSpan.FromSeconds(1)), isByHost: true)
            .ConfigurePrimaryHttpMessageHandler(() => new FailingHost("bad.test"));
        await using var provider = services.BuildServiceProvider();
        var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient("hosts");

        for (var i = 0; i < 200; i++)
            (await ThrowsAsync(http, "https://bad.test/")).ShouldNotBeNull();
        (await ThrowsAsync(http, "https://bad.test/")).ShouldBeOfType<Polly.CircuitBreaker.BrokenCircuitException>();
        (await ThrowsAsync(http, "https://good.test/")).ShouldBeNull();
    }

    private static async Task<Exception?> ThrowsAsync(HttpClient http, string address)
    {
        try
        {
            using var content = new StringContent("");
            (await http.PostAsync(new Uri(address), content)).Dispose();
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private sealed class FailingHost(string name) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            request.RequestUri!.Host == name
                ? throw new HttpRequestException(HttpRequestError.ConnectionError, "refused")
                : Task.FromResult(new HttpResponseMessage());
    }
}
