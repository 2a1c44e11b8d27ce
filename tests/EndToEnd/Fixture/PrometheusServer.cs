using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Aspire.Hosting.Testing;

namespace Switchboard.Tests.EndToEnd.Fixture;

/// <summary>
/// Debian's Prometheus with the files of <c>deploy/monitoring</c>, asking the processes of the application: on a port of its own, in a folder
/// of its own. They are as they are deployed but for where the processes are and the pace, which is a second instead of fifteen.
/// </summary>
public sealed class PrometheusServer : IAsyncDisposable
{
    private static readonly string[] Services = ["edge-api", "workers-ingest", "workers-dispatch", "analytics-worker"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("switchboard-prometheus-");
    private readonly HttpClient _http = new();
    private Process? _process;

    private PrometheusServer()
    {
    }

    /// <summary>The folder <c>deploy/monitoring</c>.</summary>
    public static string Monitoring { get; } =
        Path.Combine(new DirectoryInfo(Projects.AppHost.ProjectPath).Parent!.FullName, "deploy", "monitoring");

    /// <summary>Starts it; returns when it has asked each process and evaluated its rules.</summary>
    /// <param name="app">The application.</param>
    /// <param name="adapt">Changes the alerts, for tests that cannot wait as long as people can.</param>
    public static async Task<PrometheusServer> StartAsync(ApplicationFixture app, Func<string, string>? adapt = null)
    {
        Promtool.ShouldBeInstalled();
        var server = new PrometheusServer();
        try
        {
            await server.StartProcessAsync(app, adapt ?? (alerts => alerts));
            await Eventually.SeesAsync(
                () => server.QueryAsync("count(up{job=\"switchboard\"} == 1)"),
                up => up.Count == 1 && ValueOf(up[0]) == Services.Length,
                "each process asked by Prometheus");
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        return server;
    }

    /// <summary>What an expression is now: a list of series, each with its labels and its value.</summary>
    public async Task<IReadOnlyList<JsonNode>> QueryAsync(string expression)
    {
        var answer = await GetAsync($"/api/v1/query?query={Uri.EscapeDataString(expression)}");
        ((string)answer["resultType"]!).ShouldBe("vector", expression);
        return [.. answer["result"]!.AsArray().Select(series => series!)];
    }

    /// <summary>Whether an expression has a value: a series at least whose value is a number.</summary>
    public async Task<bool> HasDataAsync(string expression) => (await QueryAsync(expression)).Any(series => !double.IsNaN(ValueOf(series)));

    /// <summary>The rules: <c>name</c>, <c>query</c>, <c>type</c> (recording, alerting), <c>health</c>, <c>lastError</c>.</summary>
    public async Task<IReadOnlyList<JsonNode>> RulesAsync() => [.. (await GetAsync("/api/v1/rules"))["groups"]!.AsArray()
        .SelectMany(group => group!["rules"]!.AsArray()).Select(rule => rule!)];

    /// <summary>The alerts that are pending or fire.</summary>
    public async Task<IReadOnlyList<JsonNode>> AlertsAsync() =>
        [.. (await GetAsync("/api/v1/alerts"))["alerts"]!.AsArray().Select(alert => alert!)];

    /// <summary>Waits until the processes have been asked once more.</summary>
    public async Task NextScrapeAsync()
    {
        const string Asked = "min(timestamp(up{job=\"switchboard\"}))";
        var before = ValueOf((await QueryAsync(Asked)).ShouldHaveSingleItem());
        await Eventually.SeesAsync(
            async () => ValueOf((await QueryAsync(Asked)).ShouldHaveSingleItem()), at => at > before, "another scrape");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<JsonNode> GetAsync(string path)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative));
        var body = await answer.Content.ReadFromJsonAsync<JsonNode>();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, $"{path}: {body}");
        return body!["data"]!;
    }

    private static double ValueOf(JsonNode series) => double.Parse((string)series["value"]![1]!, CultureInfo.InvariantCulture);

    private async Task StartProcessAsync(ApplicationFixture app, Func<string, string> adapt)
    {
        var port = FreePort.Next();
        await CopyFilesAsync(app, port, adapt);
        _http.BaseAddress = new Uri($"http://127.0.0.1:{port}");
        var log = new ConcurrentQueue<string?>();
        _process = Process.Start(new ProcessStartInfo(Promtool.Server,
            [$"--config.file={_folder}/prometheus.yml", $"--storage.tsdb.path={_folder}/data", $"--web.listen-address=127.0.0.1:{port}"])
        {
            RedirectStandardError = true,
        })!;
        _process.ErrorDataReceived += (_, line) => log.Enqueue(line.Data);
        _process.BeginErrorReadLine();
        await Eventually.SeesAsync(IsReadyAsync, isReady => isReady, "a Prometheus that is ready");

        async Task<bool> IsReadyAsync()
        {
            _process.HasExited.ShouldBeFalse(string.Join('\n', log));
            try
            {
                using var answer = await _http.GetAsync(new Uri("/-/ready", UriKind.Relative));
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false; // it does not listen yet
            }
        }
    }

    private async Task CopyFilesAsync(ApplicationFixture app, int port, Func<string, string> adapt)
    {
        var source = Path.Combine(Monitoring, "prometheus");
        var rules = _folder.CreateSubdirectory("rules").FullName;
        var targets = _folder.CreateSubdirectory("targets").FullName;
        var config = await File.ReadAllTextAsync(Path.Combine(source, "prometheus.yml"));
        await WriteAsync(_folder.FullName, "prometheus.yml", config
            .Replace("_interval: 15s", "_interval: 1s", StringComparison.Ordinal)
            .Replace("localhost:9090", $"127.0.0.1:{port}", StringComparison.Ordinal));
        await WriteAsync(rules, "recording.yml", await File.ReadAllTextAsync(Path.Combine(source, "rules", "recording.yml")));
        await WriteAsync(rules, "alerts.yml", adapt(await File.ReadAllTextAsync(Path.Combine(source, "rules", "alerts.yml"))));
        await WriteAsync(targets, "switchboard.yml", string.Concat(Services.Select(service => TargetOf(app, service))));

        static Task WriteAsync(string folder, string file, string text) => File.WriteAllTextAsync(Path.Combine(folder, file), text);
    }

    private static string TargetOf(ApplicationFixture app, string service)
    {
        using var http = app.App.CreateHttpClient(service, "http");
        return $"- {{ labels: {{ service: {service} }}, targets: [\"{http.BaseAddress!.Authority}\"] }}\n";
    }
}
