using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Unit.Platform;

public sealed class ExceptionProblemTests
{
    public static TheoryData<Exception> Unavailable =>
    [
        new BrokerUnavailableException(),
        new NpgsqlException("Failed to connect", new SocketException()),
        new NpgsqlException("The pool is exhausted", new TimeoutException()),
        new NpgsqlException("Broken", new IOException()),
        new NpgsqlException("The operation has timed out", new TimeoutException()),
        .. new[] { "25006", "25P03", "57014", "57P01", "57P02", "57P03", "57P05", "53100", "53200", "53300", "08006", "08P01", "58030", "40001", "40P01", "55P03" }
            .Select(state => (Exception)new PostgresException("not now", "ERROR", "ERROR", state)),
        new HttpRequestException("No keys"),
        new TimeoutException(),
    ];

    [Theory]
    [MemberData(nameof(Unavailable), DisableDiscoveryEnumeration = true)]
    public void What_is_unavailable_is_a_503_that_says_when_to_come_back(Exception exception)
    {
        var problem = ExceptionProblem.Of(exception);

        problem.Status.ShouldBe(503);
        problem.RetryAfterSeconds.ShouldNotBeNull().ShouldBePositive();
    }

    [Fact]
    public void An_error_of_ours_is_a_500_that_tells_nothing_of_it()
    {
        var problem = ExceptionProblem.Of(new PostgresException("column \"secret\" does not exist", "ERROR", "ERROR", "42703"));

        problem.Status.ShouldBe(500);
        problem.Detail.ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("23503")]
    [InlineData("23505")]
    public void What_was_changed_at_the_same_moment_is_a_409(string state) =>
        ExceptionProblem.Of(new PostgresException("violates a constraint", "ERROR", "ERROR", state)).Status.ShouldBe(409);

    [Fact]
    public void A_body_that_is_too_large_is_a_413() =>
        ExceptionProblem.Of(new BadHttpRequestException("Request body too large.", 413)).Status.ShouldBe(413);
}
