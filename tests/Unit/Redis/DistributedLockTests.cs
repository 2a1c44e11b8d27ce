using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using Switchboard.Core.Redis.Limits;
using Switchboard.Core.Redis.Locks;

namespace Switchboard.Tests.Unit.Redis;

/// <summary>The lock within one process that never had a Redis.</summary>
public sealed class DistributedLockTests : IAsyncDisposable
{
    private static readonly TimeSpan Expiry = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider _timeProvider = new();
    private readonly ServiceProvider _services;
    private readonly DistributedLock _lock;

    public DistributedLockTests()
    {
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddSingleton<TimeProvider>(_timeProvider)
            .AddSingleton<IConnectionMultiplexer>(_ => throw new InvalidOperationException("The connection was not started."))
            .AddSwitchboardLimits()
            .BuildServiceProvider();
        _lock = _services.GetRequiredService<DistributedLock>();
    }

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();

    [Fact]
    public async Task It_is_lost_when_its_expiry_passes_and_another_may_have_it()
    {
        await using var held = (await _lock.TryAcquireAsync("a", Expiry, default)).ShouldNotBeNull();
        _timeProvider.Advance(Expiry - TimeSpan.FromTicks(1));
        held.Lost.IsCancellationRequested.ShouldBeFalse();
        (await _lock.TryAcquireAsync("a", Expiry, default)).ShouldBeNull();

        _timeProvider.Advance(TimeSpan.FromTicks(1));

        held.Lost.IsCancellationRequested.ShouldBeTrue();
        await using var next = (await _lock.TryAcquireAsync("a", Expiry, default)).ShouldNotBeNull();
        await held.DisposeAsync();
        (await _lock.TryAcquireAsync("a", Expiry, default)).ShouldBeNull("the first one's end must not release what is the second one's");
    }

    [Fact]
    public async Task A_renewal_holds_it_for_its_expiry_from_then_on()
    {
        await using var held = (await _lock.TryAcquireAsync("a", Expiry, default)).ShouldNotBeNull();
        _timeProvider.Advance(Expiry / 2);

        (await held.RenewAsync(default)).ShouldBeTrue();
        _timeProvider.Advance(Expiry / 2);

        held.Lost.IsCancellationRequested.ShouldBeFalse();
    }
}
