using System.Text;
using OpenTelemetry.Metrics;

namespace Switchboard.ServiceDefaults.Metrics;

/// <summary>
/// OpenTelemetry's names as Prometheus has them: <c>http.server.request.duration</c> in <c>s</c> is
/// <c>http_server_request_duration_seconds</c> (OpenTelemetry specification, compatibility/prometheus_and_openmetrics).
/// </summary>
internal static class PrometheusNames
{
    public static string OfMetric(Metric metric) => OfMetric(
        metric.Name,
        metric.Unit,
        isCounter: metric.MetricType is MetricType.LongSum or MetricType.DoubleSum,
        isGauge: metric.MetricType is MetricType.LongGauge or MetricType.DoubleGauge);

    public static string OfMetric(string name, string unit, bool isCounter, bool isGauge)
    {
        var result = Clean(name, allowColon: true);
        if (isCounter && result.EndsWith("_total", StringComparison.Ordinal))
            result = result[..^"_total".Length];

        var suffix = unit == "1" ? (isGauge ? "ratio" : "") : PrometheusUnits.Suffix(unit);
        if (suffix.Length > 0 && !result.EndsWith(suffix, StringComparison.Ordinal))
            result += "_" + suffix;

        return isCounter ? result + "_total" : result;
    }

    public static string OfLabel(string key) => Clean(key, allowColon: false);

    // What is not allowed becomes an underscore, a run of them one; a digit can't be first.
    internal static string Clean(string name, bool allowColon)
    {
        var clean = new StringBuilder(name.Length + 1);
        foreach (var c in name)
            if (char.IsAsciiLetterOrDigit(c) || (c == ':' && allowColon))
                clean.Append(c);
            else if (clean.Length == 0 || clean[^1] != '_')
                clean.Append('_');

        if (clean.Length == 0 || char.IsAsciiDigit(clean[0]))
            clean.Insert(0, '_');
        return clean.ToString();
    }
}
