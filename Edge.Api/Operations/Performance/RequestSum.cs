using Switchboard.Core.Diagnostics;

namespace Switchboard.Edge.Api.Operations.Performance;

/// <summary>What all processes counted under one name.</summary>
internal static class RequestSum
{
    public static RequestCounts Of(IEnumerable<ProcessReport> reports, string name) => reports
        .Select(report => report.Find<RequestStats>()?.Counters.GetValueOrDefault(name))
        .Aggregate(RequestCounts.None, (sum, counts) => counts is null ? sum : sum.Plus(counts));
}
