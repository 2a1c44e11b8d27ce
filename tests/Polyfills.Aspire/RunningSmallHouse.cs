using System.Net.Http.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Switchboard.Tests.Polyfills.Aspire;

[assembly: AssemblyFixture(typeof(RunningSmallHouse))]

namespace Switchboard.Tests.Polyfills.Aspire;

/// <summary>The small application of Trial/, run once for all tests that need it.</summary>
public sealed class RunningSmallHouse : IAsyncLifetime
{
    private DistributedApplication? _app;

    public DistributedApplication App => _app ?? throw new InvalidOperationException("The house is not up yet.");

    public async ValueTask InitializeAsync()
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.SmallHouse>();
        _app = await builder.BuildAsync();
        await _app.StartAsync();
        await HealthyAsync("alone");
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
    }

    public Task HealthyAsync(string resource) => App.ResourceNotifications.WaitForResourceHealthyAsync(resource, Patience());

    public Task<ResourceEvent> ReachAsync(string resource, Func<ResourceEvent, bool> predicate) =>
        App.ResourceNotifications.WaitForResourceAsync(resource, predicate, Patience());

    public Task<ExecuteCommandResult> CommandAsync(string resource, string command) =>
        App.ResourceCommands.ExecuteCommandAsync(resource, command, Patience());

    public ResourceEvent StateOf(string resource)
    {
        App.ResourceNotifications.TryGetCurrentState(resource, out var state).ShouldBeTrue();
        return state!;
    }

    public int ProcessIdOf(string resource) =>
        StateOf(resource).Snapshot.Properties.Single(property => property.Name == "executable.pid").Value.ShouldBeOfType<int>();

    public async Task<Dictionary<string, string>> EnvironmentOfAsync(string resource)
    {
        using var client = App.CreateHttpClient(resource);
        return (await client.GetFromJsonAsync<Dictionary<string, string>>("/environment")).ShouldNotBeNull();
    }

    public async Task<int> AskForProcessIdAsync(string resource)
    {
        using var client = App.CreateHttpClient(resource);
        client.DefaultRequestHeaders.ConnectionClose = true;
        return await client.GetFromJsonAsync<int>("/pid");
    }

    private static CancellationToken Patience() => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;
}
