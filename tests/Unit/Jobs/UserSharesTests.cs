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

    private int Taken() => Enumerable.Range(0, 1_000).TakeWhile(_ => _shares.Take(_user, JobPriority.High) == JobPriority.High).Count();
}
