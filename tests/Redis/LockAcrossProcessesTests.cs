using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Redis.Locks;

namespace Switchboard.Tests.Redis;

/// <summary>One lock, two processes, a real Redis.</summary>
public sealed class LockAcrossProcessesTests(RedisServer server) : IClassFixture<RedisServer>, IAsyncLifetime
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly string _name = Guid.CreateVersion7().ToString("N");
    private SwitchboardProcess _one = null!;
    private SwitchboardProcess _two = null!;

    private string Key => $"switchboard:lock:{_name}";

    public async ValueTask InitializeAsync()
    {
        _one = await SwitchboardProcess.StartAsync(server);
        _two = await SwitchboardProcess.StartAsync(server);
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Fact]
    public async Task One_holds_it_until_it_releases_it()
    {
        await using (var held = (await _one.Lock.TryAcquireAsync(_name, Minute, default)).ShouldNotBeNull())
        {
            (await _one.Lock.TryAcquireAsync(_name, Minute, default)).ShouldBeNull();
            (await _two.Lock.TryAcquireAsync(_name, Minute, default)).ShouldBeNull();
        }

        await using var next = (await _two.Lock.TryAcquireAsync(_name, Minute, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task It_ends_with_its_expiry_and_says_so()
    {
        await using var held = (await _one.Lock.TryAcquireAsync(_name, TimeSpan.FromMilliseconds(200), default)).ShouldNotBeNull();

        await Should.ThrowAsync<OperationCanceledException>(Task.Delay(TimeSpan.FromSeconds(15), held.Lost));

        (await held.RenewAsync(default)).ShouldBeFalse();
        await Eventually.TrueAsync(async () =>
        {
            await using var next = await _two.Lock.TryAcquireAsync(_name, Minute, default);
            return next is not null;
        });
    }

    [Fact]
    public async Task It_renews_itself_past_its_expiry()
    {
        var timeProvider = new FakeTimeProvider();
        var locks = new DistributedLock(_one.Redis, timeProvider, NullLogger<DistributedLock>.Instance);
        await using var held = (await locks.TryAcquireAsync(_name, Minute, renew: true, default)).ShouldNotBeNull();

        for (var third = 0; third < 6; third++)
        {
            // as if its minute was nearly over in Redis, so that a renewal shows
            await _one.Database.KeyExpireAsync(Key, TimeSpan.FromSeconds(30));
            timeProvider.Advance(Minute / 3);
            await Eventually.TrueAsync(async () => await _one.Database.KeyTimeToLiveAsync(Key) > TimeSpan.FromSeconds(30));
        }

        held.Lost.IsCancellationRequested.ShouldBeFalse("two minutes are over");
        (await _two.Lock.TryAcquireAsync(_name, Minute, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Who_lost_it_neither_renews_nor_releases_what_is_anothers()
    {
        var held = (await _one.Lock.TryAcquireAsync(_name, Minute, default)).ShouldNotBeNull();
        await _one.Database.KeyDeleteAsync(Key);
        await using var other = (await _two.Lock.TryAcquireAsync(_name, Minute, default)).ShouldNotBeNull();

        (await held.RenewAsync(default)).ShouldBeFalse();
        held.Lost.IsCancellationRequested.ShouldBeTrue();
        await held.DisposeAsync();

        ((string?)await _two.Database.StringGetAsync(Key)).ShouldBe(other.Token);
    }
}
