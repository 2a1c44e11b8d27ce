using Microsoft.Extensions.DependencyInjection;

namespace Switchboard.Tests.Polyfills.Clients.Resilience;

/// <summary>A client behind resilience handlers, a clock and a far end.</summary>
internal sealed class ResilientClient : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public ResilientClient(Action<IHttpClientBuilder> configure)
    {
        Server = new StubServer(Time);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(Time);
        var client = services.AddHttpClient("provider").ConfigurePrimaryHttpMessageHandler(() => Server);
        configure(client);
        _services = services.BuildServiceProvider();
        Http = _services.GetRequiredService<IHttpClientFactory>().CreateClient("provider");
    }

    public ManualTimeProvider Time { get; } = new();

    public StubServer Server { get; }

    public HttpClient Http { get; }

    public Task<HttpResponseMessage> GetAsync(string uri = "http://provider.test/") => Http.GetAsync(new Uri(uri));

    /// <summary>Lets so many seconds pass once something waits for them.</summary>
    public async Task AdvanceAsync(double seconds)
    {
        await Time.TimerOf(TimeSpan.FromSeconds(seconds));
        Time.Advance(TimeSpan.FromSeconds(seconds));
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
