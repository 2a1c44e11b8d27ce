using Switchboard.Core.Diagnostics;

namespace Switchboard.Edge.Api.Operations.Performance;

/// <summary>What the webhook of texts answered in a span of time, in all processes.</summary>
/// <param name="Requests">How many requests.</param>
/// <param name="Errors">How many of them were answered 500 and above.</param>
/// <param name="ErrorRate">Their part, 0 to 1.</param>
/// <param name="AverageMs">How long an answer took on average, in milliseconds; null when there was none.</param>
/// <param name="P95Ms">What 95 % of the answers did not exceed.</param>
internal sealed record WebhookWindow(long Requests, long Errors, double ErrorRate, double? AverageMs, double? P95Ms)
{
    public static WebhookWindow Of(RequestWindow window) => new(
        window.Count, window.Errors, Math.Round(window.ErrorRate(), 4), Round(window.AverageMs()), Round(window.PercentileMs(0.95)));

    private static double? Round(double? ms) => ms is { } value ? Math.Round(value, 2) : null;
}

/// <summary>The same since the processes started, and in the last minutes.</summary>
internal sealed record WebhookSums(long Requests, long Errors, WebhookWindow LastMinute, WebhookWindow LastFiveMinutes)
{
    public static WebhookSums Of(IEnumerable<ProcessReport> reports)
    {
        var counts = Counts(reports);
        return new(counts.Count, counts.Errors, WebhookWindow.Of(counts.LastMinute), WebhookWindow.Of(counts.LastFiveMinutes));
    }

    /// <summary>What all processes counted.</summary>
    public static RequestCounts Counts(IEnumerable<ProcessReport> reports) => RequestSum.Of(reports, RouteMeter.SmsWebhook);
}
