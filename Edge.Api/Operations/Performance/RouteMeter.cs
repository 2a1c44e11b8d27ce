using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Edge.Api.Operations.Performance;

/// <summary>
/// Counts the answers of each route, and of some together, by the metric that ASP.NET measures each request with anyway: it costs the
/// pipeline nothing, and has all of a request in it, from its first byte to the last of its answer. An error is an answer of 500 and above.
/// </summary>
internal sealed class RouteMeter : IHostedService, IDisposable
{
    /// <summary>The name under which the webhook of SMS is counted.</summary>
    public const string SmsWebhook = "sms-webhook";

    /// <summary>The name under which what is asked of tracked mail, and its webhook, are counted together.</summary>
    public const string TrackedMail = "tracked-mail";

    private const string SmsWebhookRoute = "api/sms/webhook";
    private const string EmailRoutes = "api/emails/";
    private const string GraphWebhookRoute = "api/webhooks/graph";
    private const string MeterName = "Microsoft.AspNetCore.Hosting";
    private const string Duration = "http.server.request.duration";

    private readonly MeterListener _listener = new();
    private readonly RequestCounter _smsWebhook;
    private readonly RequestCounter _trackedMail;
    private readonly ConcurrentDictionary<(string Method, string Route), RequestCounter> _routes = new();
    private readonly TimeProvider _timeProvider;

    public RouteMeter(RequestCounters counters, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _smsWebhook = counters.Of(SmsWebhook);
        _trackedMail = counters.Of(TrackedMail);
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Meter.Name: MeterName, Name: Duration })
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) => Measured(seconds, tags));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();

    /// <summary>What was counted of each route until now.</summary>
    public RouteStats Read() => new(_routes.ToDictionary(
        route => $"{route.Key.Method} /{route.Key.Route.TrimStart('/')}", route => RouteCounts.Of(route.Value.Read())));

    private void Measured(double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        RequestCounter? counter = null;
        var (method, route, isError) = ((string?)null, (string?)null, false);
        foreach (var (name, value) in tags)
        {
            if (name == "http.route")
            {
                route = value as string;
                counter = route is null ? null : CounterOf(route.AsSpan().TrimStart('/'));
            }
            else if (name == "http.request.method")
            {
                method = value as string;
            }
            else if (name == "http.response.status_code")
                isError = value is >= StatusCodes.Status500InternalServerError;
        }

        counter?.Record(TimeSpan.FromSeconds(seconds), isError);
        // routes and methods are few: those of the server alone have a route
        if (method is not null && route is not null)
            _routes.GetOrAdd((method, route), static (_, timeProvider) => new(timeProvider), _timeProvider)
                .Record(TimeSpan.FromSeconds(seconds), isError);
    }

    private RequestCounter? CounterOf(ReadOnlySpan<char> route) =>
        route.SequenceEqual(SmsWebhookRoute) ? _smsWebhook
        : route.StartsWith(EmailRoutes) || route.SequenceEqual(GraphWebhookRoute) ? _trackedMail
        : null;
}

/// <summary>What the routes of a process answered.</summary>
/// <param name="Routes">By method and route: <c>GET /api/rules</c>.</param>
internal sealed record RouteStats(IReadOnlyDictionary<string, RouteCounts> Routes) : IStats
{
    public static string Section => "routes";
}

/// <summary>What one route answered: since the process started, and of late. There are many routes, so that no more is reported.</summary>
internal sealed record RouteCounts(long Count, long Errors, RequestWindow LastFiveMinutes)
{
    public static RouteCounts Of(RequestCounts counts)
    {
        var latencies = counts.LastFiveMinutes.LatencyCounts;
        var used = latencies.Count;
        while (used > 0 && latencies[used - 1] == 0)
            used--;
        return new(counts.Count, counts.Errors, counts.LastFiveMinutes with { LatencyCounts = [.. latencies.Take(used)] });
    }
}

/// <summary>What all processes counted under one name.</summary>
internal static class RequestSum
{
    public static RequestCounts Of(IEnumerable<ProcessReport> reports, string name) => reports
        .Select(report => report.Find<RequestStats>()?.Counters.GetValueOrDefault(name))
        .Aggregate(RequestCounts.None, (sum, counts) => counts is null ? sum : sum.Plus(counts));
}

/// <summary>What the webhook of SMS answered in a span of time, in all processes.</summary>
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
