using System.Globalization;
using OpenTelemetry.Metrics;

namespace Switchboard.ServiceDefaults.Metrics;

/// <summary>The lines of one metric: its help and type once, then a sample for each set of labels.</summary>
internal static class PrometheusFamily
{
    public static void Write(PrometheusText text, string name, IReadOnlyList<Metric> metrics)
    {
        var type = TypeOf(metrics[0]);
        text.WriteHeader(name, type, metrics[0].Description);

        // A name has one type; an instrument that means another by it can't be told to Prometheus.
        foreach (var metric in metrics.Where(m => TypeOf(m) == type))
            foreach (ref readonly var point in metric.GetMetricPoints())
                WritePoint(text, name, metric, point);
    }

    private static string TypeOf(Metric metric) => metric.MetricType switch
    {
        MetricType.LongSum or MetricType.DoubleSum => "counter",
        MetricType.Histogram or MetricType.ExponentialHistogram => "histogram",
        _ => "gauge",
    };

    private static void WritePoint(PrometheusText text, string name, Metric metric, in MetricPoint point)
    {
        var labels = PrometheusLabels.Of(metric.MeterName, point.Tags);
        switch (metric.MetricType)
        {
            case MetricType.LongSum or MetricType.LongSumNonMonotonic:
                text.WriteSample(name, labels, point.GetSumLong());
                break;
            case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                text.WriteSample(name, labels, point.GetSumDouble());
                break;
            case MetricType.LongGauge:
                text.WriteSample(name, labels, point.GetGaugeLastValueLong());
                break;
            case MetricType.DoubleGauge:
                text.WriteSample(name, labels, point.GetGaugeLastValueDouble());
                break;
            case MetricType.Histogram:
                WriteBuckets(text, name, labels, point);
                WriteSumAndCount(text, name, labels, point);
                break;
            case MetricType.ExponentialHistogram:
                // the text format has fixed buckets only
                text.WriteSample(name + "_bucket", labels, point.GetHistogramCount(), le: "+Inf");
                WriteSumAndCount(text, name, labels, point);
                break;
        }
    }

    // Ours hold what fell into each; Prometheus wants what is at most each bound.
    private static void WriteBuckets(PrometheusText text, string name, string labels, in MetricPoint point)
    {
        var sofar = 0L;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            sofar += bucket.BucketCount;
            var bound = double.IsPositiveInfinity(bucket.ExplicitBound)
                ? "+Inf"
                : bucket.ExplicitBound.ToString("R", CultureInfo.InvariantCulture);
            text.WriteSample(name + "_bucket", labels, sofar, bound);
        }
    }

    private static void WriteSumAndCount(PrometheusText text, string name, string labels, in MetricPoint point)
    {
        text.WriteSample(name + "_sum", labels, point.GetHistogramSum());
        text.WriteSample(name + "_count", labels, point.GetHistogramCount());
    }
}
