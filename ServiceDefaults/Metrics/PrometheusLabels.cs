using System.Globalization;
using System.Text;
using OpenTelemetry;

namespace Switchboard.ServiceDefaults.Metrics;

/// <summary>The labels of a sample, written out: <c>a="1",b="2"</c>.</summary>
internal static class PrometheusLabels
{
    public static string Of(string meter, in ReadOnlyTagCollection tags)
    {
        var labels = new List<KeyValuePair<string, string>>(tags.Count + 1) { new("otel_scope_name", meter) };
        foreach (var tag in tags)
            Add(labels, tag);
        return Write(labels);
    }

    public static string Of(IEnumerable<KeyValuePair<string, object>> tags)
    {
        var labels = new List<KeyValuePair<string, string>>();
        foreach (var tag in tags)
            Add(labels, new(tag.Key, tag.Value));
        return Write(labels);
    }

    // Keys that differ only in what a label can't hold become one label, its values joined (OpenTelemetry's mapping to Prometheus).
    private static void Add(List<KeyValuePair<string, string>> labels, KeyValuePair<string, object?> tag)
    {
        var key = PrometheusNames.OfLabel(tag.Key);
        var value = TextOf(tag.Value);
        var same = labels.FindIndex(l => l.Key == key);
        if (same < 0)
            labels.Add(new(key, value));
        else
            labels[same] = new(key, $"{labels[same].Value};{value}");
    }

    private static string TextOf(object? value) => value switch
    {
        bool truth => truth ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string Write(List<KeyValuePair<string, string>> labels)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in labels)
            text.Append(text.Length > 0 ? "," : "").Append(key).Append("=\"").Append(Escape(value)).Append('"');
        return text.ToString();
    }

    private static string Escape(string value) => value
        .Replace("\\", @"\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
