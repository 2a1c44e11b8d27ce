using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Postgres;

namespace Switchboard.Tests.Unit.Postgres;

public sealed class ReplicaProgressTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ReplicaProgress _progress;

    public ReplicaProgressTests() => _progress = new(_time);

    [Fact]
    public void Before_the_first_look_nothing_is_known() => _progress.Lag.ShouldBeNull();

    [Fact]
    public void It_has_all_up_to_the_latest_place_that_it_has_replayed()
    {
        Written(100);
        Written(200);
        Written(300);
        _progress.Replayed(250);
        _progress.Lag.ShouldBe(TimeSpan.FromSeconds(2));

        _progress.Replayed(300);
        _progress.Lag.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_primary_on_which_nothing_happens_makes_no_lag_and_one_that_goes_on_alone_does()
    {
        for (var look = 0; look < 10; look++)
        {
            Written(100);
            _progress.Replayed(100);
        }

        _progress.Lag.ShouldBe(TimeSpan.FromSeconds(1));
        for (var look = 1; look <= 10; look++)
        {
            Written(100 + look);
            _progress.Replayed(100);
        }

        _progress.Lag.ShouldBe(TimeSpan.FromSeconds(11));
    }

    [Fact]
    public void What_is_forgotten_is_looked_at_anew()
    {
        Written(100);
        _progress.Replayed(100);
        _progress.Forget();
        _progress.Lag.ShouldBeNull();
        _progress.Replayed(100);
        _progress.Lag.ShouldBeNull("it may have been another server");
    }

    [Theory]
    [InlineData(2_000, 250, 5_000, 0)]
    [InlineData(400, 250, 5_000, 1)]
    [InlineData(2_000, 250, 1_999, 1)]
    public void Who_wrote_may_not_be_sent_to_a_replica_that_may_lack_it(int maxLag, int check, int readYourWrites, int errors)
    {
        var options = new ReplicaOptions { MaxLagMs = maxLag, CheckMs = check, ReadYourWritesMs = readYourWrites };
        options.Validate(new ValidationContext(options)).Count().ShouldBe(errors);
    }

    private void Written(long position)
    {
        _progress.Written(_time.GetTimestamp(), position);
        _time.Advance(TimeSpan.FromSeconds(1));
    }
}
