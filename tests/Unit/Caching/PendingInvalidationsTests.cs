using Switchboard.Core.Redis.Caching;

namespace Switchboard.Tests.Unit.Caching;

public sealed class PendingInvalidationsTests
{
    private readonly PendingInvalidations _pending = new();

    [Fact]
    public void What_was_told_is_dropped_unless_it_happened_again_meanwhile()
    {
        _pending.Add(new CacheInvalidation(false, "rules:1"));
        _pending.Add(new CacheInvalidation(false, "rules:2"));
        var told = _pending.Snapshot();
        _pending.Add(new CacheInvalidation(false, "rules:2"));

        foreach (var one in told)
            _pending.Remove(one);

        _pending.Snapshot().ShouldHaveSingleItem().Key.Name.ShouldBe("rules:2");
    }

    [Fact]
    public void Too_many_become_one_for_everything()
    {
        for (var i = 0; i <= PendingInvalidations.Limit; i++)
            _pending.Add(new CacheInvalidation(false, $"rules:{i}"));

        _pending.Snapshot().ShouldHaveSingleItem().Key.ShouldBe(new CacheInvalidation(true, "*"));
    }
}
