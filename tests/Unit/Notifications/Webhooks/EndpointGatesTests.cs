using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Switchboard.Workers.Dispatch.Channels.Webhook;

namespace Switchboard.Tests.Unit.Notifications.Webhooks;

public sealed class EndpointGatesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly EndpointGates _gates;
    private readonly Guid _slow = Guid.CreateVersion7();
    private readonly Guid _fast = Guid.CreateVersion7();

    public EndpointGatesTests() => _gates = new(Options.Create(new WebhookDeliveryOptions { MaxPerEndpoint = 4 }), _time);

    [Fact]
    public void Of_one_endpoint_only_a_few_are_under_way_and_others_have_their_own()
    {
        Enumerable.Range(0, 6).Count(_ => _gates.TryEnter(_slow, out var _)).ShouldBe(4);
        _gates.TryEnter(_fast, out _).ShouldBeTrue();

        _gates.Leave(_slow, TimeSpan.FromSeconds(1), isSilent: false, hold: null);
        _gates.TryEnter(_slow, out _).ShouldBeTrue();
        _gates.TryEnter(_slow, out _).ShouldBeFalse();
    }

    [Fact]
    public void Those_without_room_come_back_one_after_the_other_and_none_later_than_in_a_minute()
    {
        Enter(4);
        var waits = Enumerable.Range(0, 50).Select(_ => Refused()).ToList();
        waits.ShouldBeInOrder();
        waits.Distinct().Count().ShouldBeGreaterThan(40, "not all at once");

        // it takes 15 s for each: a thousand of them are not all counted out
        for (var i = 0; i < 20; i++)
        {
            _gates.Leave(_slow, TimeSpan.FromSeconds(15), isSilent: false, hold: null);
            _gates.TryEnter(_slow, out _).ShouldBeTrue();
        }

        var later = Enumerable.Range(0, 1_000).Select(_ => Refused()).ToList();
        later.Max().ShouldBe(EndpointGates.LongestWait);
        (later[1] - later[0]).ShouldBeGreaterThan(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void One_that_does_not_answer_gets_one_at_a_time_until_it_does()
    {
        Enter(4);
        for (var i = 0; i < 4; i++)
            _gates.Leave(_slow, TimeSpan.FromSeconds(15), isSilent: true, hold: null);

        Enumerable.Range(0, 4).Count(_ => _gates.TryEnter(_slow, out var _)).ShouldBe(1);
        _gates.Leave(_slow, TimeSpan.FromSeconds(0.1), isSilent: false, hold: null);
        Enumerable.Range(0, 5).Count(_ => _gates.TryEnter(_slow, out var _)).ShouldBe(4);
    }

    [Fact]
    public void One_that_asks_to_wait_is_left_alone()
    {
        Enter(1);
        _gates.Leave(_slow, TimeSpan.FromSeconds(0.1), isSilent: false, hold: TimeSpan.FromMinutes(5));

        _gates.TryEnter(_slow, out var wait).ShouldBeFalse();
        wait.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(5));
        wait.ShouldBeLessThanOrEqualTo(TimeSpan.FromMinutes(5) + EndpointGates.LongestWait);
        _time.Advance(TimeSpan.FromMinutes(5));
        _gates.TryEnter(_slow, out _).ShouldBeTrue();
    }

    private void Enter(int count)
    {
        for (var i = 0; i < count; i++)
            _gates.TryEnter(_slow, out _).ShouldBeTrue();
    }

    private TimeSpan Refused()
    {
        _gates.TryEnter(_slow, out var wait).ShouldBeFalse();
        return wait;
    }
}
