using System.Globalization;
using System.Text;

namespace Switchboard.ServiceDefaults.Metrics;

/// <summary>
/// The text exposition format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats). Samples have no timestamps:
/// the time is that of the scrape.
/// </summary>
internal sealed class PrometheusText
{
    private readonly StringBuilder _text = new();

    /// <summary>Who the metrics are of: a metric of its own that the others can be joined with.</summary>
    public void WriteTarget(IEnumerable<KeyValuePair<string, object>> attributes)
    {
        WriteHeader("target_info", "gauge", "Target metadata");
        WriteSample("target_info", PrometheusLabels.Of(attributes), 1L);
    }

    public void WriteHeader(string name, string type, string? help)
    {
        if (!string.IsNullOrEmpty(help))
            _text.Append("# HELP ").Append(name).Append(' ').Append(Escape(help)).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
    }

    public void WriteSample(string name, string labels, long value, string? le = null) =>
        WriteLine(name, labels, le, value.ToString(CultureInfo.InvariantCulture));

    public void WriteSample(string name, string labels, double value) => WriteLine(name, labels, le: null, value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    });

    public override string ToString() => _text.ToString();

    private void WriteLine(string name, string labels, string? le, string value)
    {
        _text.Append(name);
        if (labels.Length > 0 || le is not null)
        {
            _text.Append('{').Append(labels);
            if (le is not null)
                _text.Append(labels.Length > 0 ? "," : "").Append("le=\"").Append(le).Append('"');
            _text.Append('}');
        }

        _text.Append(' ').Append(value).Append('\n');
    }

    private static string Escape(string help) => help
        .Replace("\\", @"\\", StringComparison.Ordinal)
        .Replace("\r", "", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
