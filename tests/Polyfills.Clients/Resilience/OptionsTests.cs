using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;

namespace Switchboard.Tests.Polyfills.Clients.Resilience;

public sealed class OptionsTests
{
    [Fact]
    public void The_defaults_are_those_of_the_package()
    {
        var options = new HttpStandardResilienceOptions();

        options.RateLimiter.DefaultRateLimiterOptions.PermitLimit.ShouldBe(1000);
        options.RateLimiter.DefaultRateLimiterOptions.QueueLimit.ShouldBe(0);
        options.TotalRequestTimeout.Timeout.ShouldBe(TimeSpan.FromSeconds(30));
        options.Retry.MaxRetryAttempts.ShouldBe(3);
        options.Retry.Delay.ShouldBe(TimeSpan.FromSeconds(2));
        options.Retry.UseJitter.ShouldBeTrue();
        options.Retry.ShouldRetryAfterHeader.ShouldBeTrue();
        options.CircuitBreaker.FailureRatio.ShouldBe(0.1);
        options.CircuitBreaker.MinimumThroughput.ShouldBe(100);
        options.CircuitBreaker.SamplingDuration.ShouldBe(TimeSpan.FromSeconds(30));
        options.CircuitBreaker.BreakDuration.ShouldBe(TimeSpan.FromSeconds(5));
        options.AttemptTimeout.Timeout.ShouldBe(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task An_attempt_longer_than_the_whole_fails_the_start() =>
        (await StartErrorAsync(o => o.TotalRequestTimeout.Timeout = TimeSpan.FromSeconds(9)))
            .ShouldContain("Total request timeout");

    [Fact]
    public async Task A_breaker_that_samples_shorter_than_two_attempts_fails_the_start() =>
        (await StartErrorAsync(o => o.CircuitBreaker.SamplingDuration = TimeSpan.FromSeconds(19)))
            .ShouldContain("sampling duration");

    [Fact]
    public async Task A_part_out_of_its_range_fails_the_start() =>
        (await StartErrorAsync(o => o.Retry.MaxRetryAttempts = 0)).ShouldContain("MaxRetryAttempts");

    [Fact]
    public void A_section_sets_the_options()
    {
        var options = Bind(new() { ["Http:Retry:MaxRetryAttempts"] = "5", ["Http:AttemptTimeout:Timeout"] = "00:00:03" });

        options.Retry.MaxRetryAttempts.ShouldBe(5);
        options.AttemptTimeout.Timeout.ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void A_key_that_the_options_do_not_have_is_an_error() =>
        Should.Throw<InvalidOperationException>(() => Bind(new() { ["Http:Retries"] = "5" }));

    [Fact]
    public async Task A_client_can_leave_the_defaults_of_all_clients()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());
        services.AddHttpClient("plain").RemoveAllResilienceHandlers().ConfigurePrimaryHttpMessageHandler(() => new Failing());
        await using var provider = services.BuildServiceProvider();

        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("plain");

        // no wait, no second attempt
        await Should.ThrowAsync<HttpRequestException>(client.GetAsync(new Uri("http://x.test/")));
    }

    private static async Task<string> StartErrorAsync(Action<HttpStandardResilienceOptions> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddHttpClient("x").AddStandardResilienceHandler(configure);
        using var host = builder.Build();
        return (await Should.ThrowAsync<OptionsValidationException>(host.StartAsync())).Message;
    }

    private static HttpStandardResilienceOptions Bind(Dictionary<string, string?> values)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        var services = new ServiceCollection();
        services.AddHttpClient("x").AddStandardResilienceHandler(configuration.GetSection("Http"));
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptionsMonitor<HttpStandardResilienceOptions>>().Get("x-standard");
    }

    private sealed class Failing : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new HttpRequestException("reset");
    }
}
