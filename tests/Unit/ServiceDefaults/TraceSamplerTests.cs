using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using OpenTelemetry.Trace;
using Switchboard.ServiceDefaults.Tracing;

namespace Switchboard.Tests.Unit.ServiceDefaults;

public sealed class TraceSamplerTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(ActivityKind.Server, true)]
    [InlineData(ActivityKind.Consumer, true)]
    [InlineData(ActivityKind.Producer, true)]
    [InlineData(ActivityKind.Client, false)]
    [InlineData(ActivityKind.Internal, false)]
    public void A_trace_begins_with_a_request_or_a_job_and_with_no_query_or_call(ActivityKind kind, bool expected) =>
        IsRecorded(Sampler(ratio: 1), kind).ShouldBe(expected);

    [Theory]
    [InlineData("/health", false)]
    [InlineData("/alive", false)]
    [InlineData("/metrics", false)]
    [InlineData("/health/performance", true)]
    public void A_probe_is_not_recorded_even_when_who_sends_it_traces(string path, bool expected)
    {
        var sampler = Sampler(ratio: 1);

        IsRecorded(sampler, ActivityKind.Server, path: path).ShouldBe(expected);
        IsRecorded(sampler, ActivityKind.Server, Parent(isRecorded: true, isRemote: true), path).ShouldBe(expected);
    }

    [Theory]
    [InlineData(ActivityKind.Client, false)]
    [InlineData(ActivityKind.Internal, false)]
    [InlineData(ActivityKind.Producer, false)]
    [InlineData(ActivityKind.Consumer, true)]
    [InlineData(ActivityKind.Server, true)]
    public void What_follows_from_a_span_is_recorded_as_it_is(ActivityKind kind, bool isRemote)
    {
        IsRecorded(Sampler(perSecond: 0, ratio: 0), kind, Parent(isRecorded: true, isRemote)).ShouldBeTrue();
        if (kind != ActivityKind.Server)
            IsRecorded(Sampler(ratio: 1), kind, Parent(isRecorded: false, isRemote)).ShouldBeFalse();
    }

    [Fact]
    public void A_caller_that_does_not_record_leaves_the_decision_to_the_server()
    {
        var sampler = Sampler(perSecond: 1, ratio: 0);

        IsRecorded(sampler, ActivityKind.Server, Parent(isRecorded: false, isRemote: true)).ShouldBeTrue();
        IsRecorded(sampler, ActivityKind.Server, Parent(isRecorded: false, isRemote: true)).ShouldBeFalse();
    }

    [Fact]
    public void So_many_a_second_are_recorded_whatever_the_ratio_says()
    {
        var sampler = Sampler(perSecond: 5, ratio: 0);
        Count(sampler, 100).ShouldBe(5);

        _time.Advance(TimeSpan.FromMilliseconds(400));
        Count(sampler, 100).ShouldBe(2);

        _time.Advance(TimeSpan.FromHours(1));
        Count(sampler, 100).ShouldBe(5);
    }

    [Fact]
    public void A_rate_of_less_than_one_a_second_lets_one_through_in_its_time()
    {
        var sampler = Sampler(perSecond: 0.1, ratio: 0);
        Count(sampler, 10).ShouldBe(1);

        _time.Advance(TimeSpan.FromSeconds(9));
        Count(sampler, 10).ShouldBe(0);

        _time.Advance(TimeSpan.FromSeconds(2));
        Count(sampler, 10).ShouldBe(1);
    }

    [Fact]
    public void Of_the_others_a_share_is_recorded()
    {
        Count(Sampler(perSecond: 0, ratio: 0.5), 2_000).ShouldBeInRange(800, 1_200);
        Count(Sampler(perSecond: 0, ratio: 0), 2_000).ShouldBe(0);
        Count(Sampler(perSecond: 0, ratio: 1), 2_000).ShouldBe(2_000);
    }

    [Fact]
    public void A_query_without_a_beginning_takes_nothing_from_the_requests()
    {
        var sampler = Sampler(perSecond: 1, ratio: 0);
        IsRecorded(sampler, ActivityKind.Client).ShouldBeFalse();
        IsRecorded(sampler, ActivityKind.Server, path: "/health").ShouldBeFalse();

        IsRecorded(sampler, ActivityKind.Server).ShouldBeTrue();
    }

    private TraceSampler Sampler(double ratio, double perSecond = 0) =>
        new(new() { SampleRatio = ratio, TracesPerSecond = perSecond }, _time);

    private static int Count(TraceSampler sampler, int requests) =>
        Enumerable.Range(0, requests).Count(_ => IsRecorded(sampler, ActivityKind.Server));

    private static ActivityContext Parent(bool isRecorded, bool isRemote) => new(
        ActivityTraceId.CreateRandom(),
        ActivitySpanId.CreateRandom(),
        isRecorded ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None,
        isRemote: isRemote);

    private static bool IsRecorded(TraceSampler sampler, ActivityKind kind, ActivityContext parent = default, string path = "/api/rules")
    {
        var traceId = parent.TraceId == default ? ActivityTraceId.CreateRandom() : parent.TraceId;
        var parameters = new SamplingParameters(parent, traceId, "span", kind, [new("http.request.method", "GET"), new("url.path", path)]);
        return sampler.ShouldSample(parameters).Decision == SamplingDecision.RecordAndSample;
    }
}
