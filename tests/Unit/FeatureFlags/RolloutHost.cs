using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Microsoft.FeatureManagement;
using Switchboard.Core.FeatureFlags;

namespace Switchboard.Tests.Unit.FeatureFlags;

/// <summary>What one process has of the rollout, with a configuration that can be reloaded and a clock that can be set.</summary>
internal sealed class RolloutHost : IDisposable
{
    private readonly IConfigurationRoot _configuration;
    private readonly ServiceProvider _services;

    public RolloutHost(params (string Name, string? Value)[] settings)
    {
        _configuration = new ConfigurationBuilder().AddInMemoryCollection(
            settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value))).Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(_configuration);
        services.AddSingleton<TimeProvider>(Time);
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddFakeLogging());
        services.AddRollout();
        _services = services.BuildServiceProvider();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 22, 6, 0, 0, TimeSpan.Zero));

    /// <summary>What was logged as a warning or worse.</summary>
    public IReadOnlyList<string> Log => [.. Get<FakeLogCollector>().GetSnapshot().Select(record => record.Message)];

    public FeatureRollout Rollout => _services.GetRequiredService<FeatureRollout>();

    public IFeatureManager Features => _services.GetRequiredService<IFeatureManager>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public async Task<FeatureState> StateAsync(Feature feature) =>
        (await Rollout.ListAsync()).Single(state => state.Flag == feature.Flag);

    public void Set(string name, string? value)
    {
        _configuration[name] = value;
        _configuration.Reload();
    }

    public void ClearLog() => Get<FakeLogCollector>().Clear();

    public void Dispose() => _services.Dispose();
}
