using Microsoft.Extensions.Options;
using Switchboard.Core.Notifications;

namespace Switchboard.Tests.Redis;

/// <summary>The quota of a day that processes count together, of which each takes a little ahead.</summary>
public sealed class NotificationQuotaTests(RedisServer server) : IClassFixture<RedisServer>
{
    private readonly Guid _user = Guid.CreateVersion7();

    [Fact]
    public async Task A_process_takes_a_ten_thousandth_ahead_and_has_it_when_nothing_is_left()
    {
        await using var process = await SwitchboardProcess.StartAsync(server);
        var (quota, others) = (Quota(process, 50_000), Quota(process, 50_000));

        await UseAsync(quota, 1);
        (await others.TakeAsync(_user, 50_000, default)).ShouldBe(49_994, "one, and five ahead, were taken");
        await UseAsync(quota, 5);
        (await quota.ReserveAsync([(_user, 1)], default)).TryTake(_user).ShouldBeFalse();
    }

    [Fact]
    public async Task Of_what_is_left_each_gets_its_own_before_anything_is_taken_ahead()
    {
        await using var process = await SwitchboardProcess.StartAsync(server);
        var (quota, others) = (Quota(process, 50_000), Quota(process, 50_000));
        (await others.TakeAsync(_user, 49_998, default)).ShouldBe(49_998);

        await UseAsync(quota, 2);

        (await quota.ReserveAsync([(_user, 1)], default)).TryTake(_user).ShouldBeFalse();
    }

    [Fact]
    public async Task A_small_quota_is_counted_one_by_one()
    {
        await using var process = await SwitchboardProcess.StartAsync(server);
        var (quota, others) = (Quota(process, 9_999), Quota(process, 9_999));

        await UseAsync(quota, 1);

        (await others.TakeAsync(_user, 9_999, default)).ShouldBe(9_998);
    }

    private static NotificationQuota Quota(SwitchboardProcess process, int perDay) => new(
        process.Limiter, Options.Create(new NotificationQuotaOptions { NotificationsPerDay = perDay }), TimeProvider.System);

    private async Task UseAsync(NotificationQuota quota, int count)
    {
        using var grant = await quota.ReserveAsync([(_user, count)], default);
        for (var i = 0; i < count; i++)
            grant.TryTake(_user).ShouldBeTrue();
    }
}
