using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Switchboard.Tests.AppModel;

/// <summary>What <c>deploy/monitoring</c> holds, as Prometheus reads it; tests/EndToEnd asks it of the running application.</summary>
public sealed partial class MonitoringTests
{
    private static readonly string Root = new DirectoryInfo(Projects.AppHost.ProjectPath).Parent!.FullName;
    private static readonly string Monitoring = Path.Combine(Root, "deploy", "monitoring");
    private static readonly string Prometheus = Path.Combine(Monitoring, "prometheus");

    private static readonly string[] Words = ["and", "or", "unless", "by", "without", "on", "ignoring", "bool", "offset"];

    // of the server, the clients and the runtime, and those that Prometheus makes: that there is data for them is shown by tests/EndToEnd
    private static readonly string[] OfOthers =
        ["http_", "kestrel_", "db_client_", "dotnet_", "up", "scrape_", "ALERTS", "prometheus_"];

    [Fact]
    public Task Prometheus_takes_the_configuration() => Promtool.RunAsync(Prometheus, "check", "config", "prometheus.yml");

    [Fact]
    public Task Each_alert_fires_when_it_should_and_no_sooner() =>
        Promtool.RunAsync(Prometheus, ["test", "rules", .. Directory.GetFiles(Path.Combine(Prometheus, "tests"), "*.test.yml")]);

    /// <summary>Promtool evaluates groups in whatever order where it is told none, so that what is recorded comes late at times.</summary>
    [Fact]
    public void The_tests_of_rules_say_the_order_of_all_groups()
    {
        var groups = Groups().Matches(ReadAll("rules")).Select(match => match.Groups[1].Value).ToList();

        groups.Count.ShouldBeGreaterThan(5);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Prometheus, "tests")))
            foreach (var group in groups)
                File.ReadAllLines(file).ShouldContain($"  - {group}", $"{file} should name {group} in group_eval_order");
    }

    [Fact]
    public void Each_alert_is_tested_both_ways_and_explained()
    {
        var alerts = ReadAll("rules").Split("- alert: ")[1..];
        var tests = ReadAll("tests");
        var anchors = File.ReadLines(Path.Combine(Root, "docs", "operations.md"))
            .Where(line => line.StartsWith('#')).Select(line => "#" + line.TrimStart('#', ' ').ToLowerInvariant().Replace(' ', '-')).ToHashSet();

        alerts.Length.ShouldBeGreaterThan(10);
        foreach (var alert in alerts)
        {
            var name = alert.Split('\n')[0];
            tests.ShouldContain($"alertname: {name}, exp_alerts: [] }}", customMessage: $"a test should show when {name} does not fire");
            tests.ShouldContain($"alertname: {name}\n", customMessage: $"a test should show when {name} fires");
            alert.ShouldMatch("severity: (critical|warning) ", name);
            alert.ShouldContain($"runbook_url: docs/operations.md#{name.ToLowerInvariant()}", customMessage: name);
            anchors.ShouldContain($"#{name.ToLowerInvariant()}", $"docs/operations.md should say what to do about {name}");
        }
    }

    [Fact]
    public async Task Each_panel_asks_something_that_Prometheus_understands()
    {
        var queries = Dashboards.Queries(Monitoring);
        queries.Count.ShouldBeGreaterThan(60);
        var rules = new JsonObject
        {
            ["groups"] = new JsonArray(new JsonObject
            {
                ["name"] = "panels",
                ["rules"] = new JsonArray([.. queries.Select((query, number) => new JsonObject
                {
                    ["record"] = $"panel:{number}:query",
                    ["expr"] = query.Expression,
                })]),
            }),
        };
        var folder = Directory.CreateTempSubdirectory("switchboard-panels-");
        try
        {
            // JSON is YAML too
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "panels.yml"), rules.ToJsonString());
            await Promtool.RunAsync(folder.FullName, "check", "rules", "panels.yml");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Panels_and_rules_name_metrics_that_the_code_has()
    {
        var rules = ReadAll("rules");
        var recorded = Recorded().Matches(rules).Select(match => match.Groups[1].Value).ToHashSet();
        var instruments = Sources().SelectMany(file => Instrument().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value.Replace('.', '_')).ToHashSet();
        var asked = Dashboards.Queries(Monitoring).Select(query => (query.Panel, query.Expression))
            .Concat(Expressions().Matches(rules).Select(match => ("rules", match.Groups[1].Value)));

        var missing = from query in asked
                      from name in NamesIn(query.Item2)
                      where !recorded.Contains(name) && !OfOthers.Any(other => name.StartsWith(other, StringComparison.Ordinal))
                          && !instruments.Any(instrument => Suffix().Replace(name, "") == instrument || name == instrument)
                      select $"{query.Item1}: {name}";

        missing.ShouldBeEmpty();
    }

    [Fact]
    public void Each_dashboard_can_be_provisioned()
    {
        var dashboards = Dashboards.Read(Monitoring);

        dashboards.Select(one => one.Name).ShouldBe(["application", "database", "infrastructure", "messaging", "overview"]);
        dashboards.Select(one => (string)one.Dashboard["uid"]!).Distinct().Count().ShouldBe(dashboards.Count);
        foreach (var (name, dashboard) in dashboards)
        {
            var panels = dashboard["panels"]!.AsArray();
            panels.Select(panel => (int)panel!["id"]!).ShouldBeUnique(name);
            panels.Select(panel => (string)panel!["title"]!).ShouldBeUnique(name);
            foreach (var panel in panels)
            {
                ((string)panel!["datasource"]!["uid"]!).ShouldBe("${datasource}");
                ((int)panel["gridPos"]!["x"]! + (int)panel["gridPos"]!["w"]!).ShouldBeLessThanOrEqualTo(24);
            }
        }
    }

    [Fact]
    public void Prometheus_asks_each_process_of_the_application()
    {
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(Root, "aspire-manifest.json")))!["resources"]!.AsObject();
        var managed = manifest.Where(resource => ((string)resource.Value!["type"]!).StartsWith("project.", StringComparison.Ordinal))
            .Where(resource => resource.Value!["bindings"]?["management"] is not null)
            .Select(resource => $"targets: [{resource.Key}:{(int)resource.Value!["bindings"]!["management"]!["targetPort"]!}]").ToList();

        managed.Count.ShouldBe(4);
        var targets = ReadAll("targets");
        foreach (var target in managed)
            targets.ShouldContain(target);
    }

    private static string ReadAll(string folder) => string.Join(
        '\n', Directory.EnumerateFiles(Path.Combine(Prometheus, folder), "*.yml").Order(StringComparer.Ordinal).Select(File.ReadAllText));

    private static IEnumerable<string> Sources() => new[] { "Core", "Edge.Api", "Workers.Ingest", "Workers.Dispatch", "Analytics.Worker" }
        .SelectMany(project => Directory.EnumerateFiles(Path.Combine(Root, project), "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    // what is left of an expression without texts, selectors, spans and lists of labels, and is no function
    private static IEnumerable<string> NamesIn(string expression)
    {
        var bare = Lists().Replace(Selectors().Replace(Texts().Replace(expression, ""), ""), " ");
        return Identifier().Matches(bare).Select(match => match.Value).Except(Words).Distinct();
    }

    [GeneratedRegex("- name: (switchboard-[a-z]+)")]
    private static partial Regex Groups();

    [GeneratedRegex(@"- record: (\S+)")]
    private static partial Regex Recorded();

    // a line, or the block that follows it
    [GeneratedRegex(@"expr: (?:>\s*\n)?((?:.|\n {10,})+)")]
    private static partial Regex Expressions();

    [GeneratedRegex("\"(switchboard\\.[a-z_.]+)\"")]
    private static partial Regex Instrument();

    [GeneratedRegex("((_seconds|_bytes)?(_total|_bucket|_sum|_count))$|(_seconds|_bytes)$")]
    private static partial Regex Suffix();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Texts();

    [GeneratedRegex(@"\{[^}]*\}|\[[^\]]*\]")]
    private static partial Regex Selectors();

    [GeneratedRegex(@"\b(by|without|on|ignoring)\s*\([^)]*\)")]
    private static partial Regex Lists();

    [GeneratedRegex(@"\b[A-Za-z_][A-Za-z0-9_:]*\b(?!\s*\()")]
    private static partial Regex Identifier();
}
