using System.Net.Sockets;
using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Jobs.Consuming;

namespace Switchboard.Tests.Unit.Jobs;

public sealed class DependencyFailureTests
{
    [Theory]
    [InlineData("57P01")] // the server shuts down
    [InlineData("57P03")] // it starts
    [InlineData("08006")] // the connection broke
    [InlineData("40P01")] // a deadlock
    [InlineData("25006")] // it only reads
    [InlineData("53100")] // its disk is full
    [InlineData("53300")] // too many connections
    public void A_server_that_cannot_now_is_waited_for(string state) => DependencyFailure.Is(Postgres(state)).ShouldBeTrue();

    [Theory]
    [InlineData("23505")] // a unique key is violated
    [InlineData("42P01")] // there is no such table
    [InlineData("22P02")] // a value makes no sense
    public void A_statement_that_is_wrong_is_the_jobs_own_failure(string state) => DependencyFailure.Is(Postgres(state)).ShouldBeFalse();

    [Fact]
    public void A_server_or_broker_that_is_away_is_waited_for()
    {
        DependencyFailure.Is(new NpgsqlException("refused", new SocketException())).ShouldBeTrue();
        DependencyFailure.Is(new BrokerUnavailableException()).ShouldBeTrue();
    }

    [Fact]
    public void Anything_else_is_the_jobs_own_failure() => DependencyFailure.Is(new InvalidOperationException()).ShouldBeFalse();

    private static PostgresException Postgres(string state) => new("message", "ERROR", "ERROR", state);
}
