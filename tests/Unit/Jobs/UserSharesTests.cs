using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Unit.Jobs;

public sealed class UserSharesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly UserShares _shares;
    private readonly Guid _user = Guid.CreateVersion7();

    public UserSharesTests() => _shares = new(_time);

    [Fact]
    public void What_a_user_brings_beyond_the_share_goes_behind_that_of_others()
    {
        for (var job = 0; job < UserShares.Burst; job++)
            _shares.Take(_user, JobPriority.High).ShouldBe(JobPriority.High);

        _shares.Take(_user, JobPriority.High).ShouldBe(UserShares.Beyond);
        _shares.Take(_user, JobPriority.Critical).ShouldBe(UserShares.Beyond);
        _shares.Take(Guid.CreateVersion7(), JobPriority.High).ShouldBe(JobPriority.High);
    }

    [Fact]
    public void The_share_grows_with_time_up_to_its_size_and_not_with_what_was_refused()
    {
        for (var job = 0; job < UserShares.Burst + 1_000; job++)
            _shares.Take(_user, JobPriority.High);

        _time.Advance(TimeSpan.FromSeconds(1));
        Taken().ShouldBe(UserShares.PerSecond);
        _time.Advance(TimeSpan.FromHours(1));
        Taken().ShouldBe(UserShares.Burst);
    }

    [Fact]
    public void What_has_time_takes_nothing_of_the_share()
    {
        for (var job = 0; job < 1_000; job++)
            _shares.Take(_user, JobPriority.VeryLow).ShouldBe(JobPriority.VeryLow);

        Taken().ShouldBe(UserShares.Burst);
    }

    [Fact]
    public void What_is_put_off_to_one_minute_has_one_share_of_it_and_takes_nothing_of_now()
    {
        var due = _time.GetUtcNow().AddDays(3);
        for (var job = 0; job < UserShares.Burst; job++)
            _shares.TakeAt(due.AddSeconds(job % 60), _user, JobPriority.High).ShouldBe(JobPriority.High);

        _shares.TakeAt(due, _user, JobPriority.Critical).ShouldBe(UserShares.Beyond);
        _shares.TakeAt(due, _user, JobPriority.VeryLow).ShouldBe(JobPriority.VeryLow);
        _shares.TakeAt(due.AddMinutes(1), _user, JobPriority.High).ShouldBe(JobPriority.High);
        _shares.TakeAt(due, Guid.CreateVersion7(), JobPriority.High).ShouldBe(JobPriority.High);
        Taken().ShouldBe(UserShares.Burst);
    }

    [Fact]
    public void What_is_remembered_of_minutes_to_come_is_bounded_and_those_that_are_over_are_forgotten()
    {
        for (var minute = 0; minute < 110_000; minute++)
            _shares.TakeAt(_time.GetUtcNow().AddMinutes(minute), _user, JobPriority.High);

        _shares.TakeAt(_time.GetUtcNow(), Guid.CreateVersion7(), JobPriority.High).ShouldBe(UserShares.Beyond);
        _time.Advance(TimeSpan.FromDays(1));
        _shares.TakeAt(_time.GetUtcNow(), Guid.CreateVersion7(), JobPriority.High).ShouldBe(JobPriority.High);
    }

    private int Taken() => Enumerable.Range(0, 1_000).TakeWhile(_ => _shares.Take(_user, JobPriority.High) == JobPriority.High).Count();
}
