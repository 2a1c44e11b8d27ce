using System.Text.Json.Nodes;

namespace Switchboard.Tests.Fixtures;

/// <summary>What one panel of a dashboard asks Prometheus.</summary>
/// <param name="Panel">The dashboard and the panel's title.</param>
/// <param name="Expression">With spans in the place of Grafana's variables.</param>
internal sealed record PanelQuery(string Panel, string Expression);

/// <summary>The dashboards of <c>deploy/monitoring/grafana</c>.</summary>
internal static class Dashboards
{
    /// <summary>Reads them all.</summary>
    public static IReadOnlyList<(string Name, JsonObject Dashboard)> Read(string monitoringFolder) =>
        [.. Directory.EnumerateFiles(Path.Combine(monitoringFolder, "grafana", "dashboards"), "*.json").Order(StringComparer.Ordinal)
            .Select(file => (Path.GetFileNameWithoutExtension(file), JsonNode.Parse(File.ReadAllText(file))!.AsObject()))];

    /// <summary>All queries of all panels.</summary>
    public static IReadOnlyList<PanelQuery> Queries(string monitoringFolder) =>
        [.. from dashboard in Read(monitoringFolder)
            from panel in dashboard.Dashboard["panels"]!.AsArray()
            from target in panel!["targets"]!.AsArray()
            select new PanelQuery(
                $"{dashboard.Name}: {(string?)panel["title"]}",
                ((string)target!["expr"]!).Replace("$__rate_interval", "1m", StringComparison.Ordinal))];
}
