using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Switchboard.ServiceDefaults.Metrics;

/// <summary>Turns what was collected into text and keeps it until it is fetched.</summary>
internal sealed class PrometheusExporter : BaseExporter<Metric>
{
    /// <summary>The metrics of the last collection.</summary>
    public string Text { get; private set; } = "";

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var metrics = new List<Metric>();
        foreach (var metric in batch)
            metrics.Add(metric);

        var text = new PrometheusText();
        text.WriteTarget(ParentProvider.GetResource().Attributes);

        // Instruments of different meters may share a name: one family, told apart by otel_scope_name.
        foreach (var family in metrics.GroupBy(PrometheusNames.OfMetric, StringComparer.Ordinal))
            PrometheusFamily.Write(text, family.Key, [.. family]);

        Text = text.ToString();
        return ExportResult.Success;
    }
}
