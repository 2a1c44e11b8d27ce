using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Switchboard.Tests.EndToEnd.Fixture;

[assembly: AssemblyFixture(typeof(ApplicationFixture))]
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Switchboard.Tests.EndToEnd.Fixture;

/// <summary>
/// The whole AppHost, started once for all tests: real servers on ports of their own, data of their own, no demo mail.
/// </summary>
public sealed class ApplicationFixture : IAsyncLifetime
{
    /// <summary>Everything that a test may stop and start again.</summary>
    public static readonly string[] Resources =
        ["postgres", "redis", "rabbitmq", "edge-api", "workers-ingest", "workers-dispatch", "analytics-worker", "simulator"];

    // those that ask flags
    private static readonly string[] Flagged = ["edge-api", "workers-ingest"];

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);

    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("switchboard-tests-");
    private DistributedApplication? _app;

    public DistributedApplication App => _app ?? throw new InvalidOperationException("The application is not up yet.");

    /// <summary>The API as the demo user.</summary>
    public EdgeClient Edge { get; private set; } = null!;

    public SimulatorClient Simulator { get; private set; } = null!;

    /// <summary>Where files are while they are fetched: nothing is left there.</summary>
    public string MediaTempFolder => Path.Combine(_files.FullName, "temporary");

    /// <summary>Where the files of SMS are kept.</summary>
    public string MediaFolder => Path.Combine(_files.FullName, "media");

    private string SettingsFile => Path.Combine(_files.FullName, "settings.json");

    public async ValueTask InitializeAsync()
    {
        // what the processes inherit, as they would from a shell
        Environment.SetEnvironmentVariable("Media__TempFolder", MediaTempFolder);
        Environment.SetEnvironmentVariable("SettingsFile", SettingsFile);
        // what a process that dies was about to post is looked at by the others sooner than people would need it
        Environment.SetEnvironmentVariable("Publishing__ClaimSeconds", "15");
        Environment.SetEnvironmentVariable("Publishing__AbsentAfterSeconds", "5");
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
            ["--Servers=local", "--LocalServers:KeepData=false", "--DemoMail:PerMinute=0", $"--Media:Folder={MediaFolder}"]);
        _app = await builder.BuildAsync();
        await _app.StartAsync();
        using var timeout = new CancellationTokenSource(StartTimeout);
        foreach (var resource in Resources)
            await _app.ResourceNotifications.WaitForResourceHealthyAsync(resource, timeout.Token);
        Edge = new EdgeClient(_app.CreateHttpClient("edge-api", "http"));
        Simulator = new SimulatorClient(_app.CreateHttpClient("simulator", "http"));
    }

    public async ValueTask DisposeAsync()
    {
        var denied = _app is null ? [] : await DeniedStatementsAsync(_app);
        if (_app is not null)
            await _app.DisposeAsync();
        _files.Delete(recursive: true);
        denied.ShouldBeEmpty("a process did what its role of Postgres may not");
    }

    // nothing else shows them: the statement fails, and its job is tried again
    private static async Task<List<string>> DeniedStatementsAsync(DistributedApplication app)
    {
        var logs = app.Services.GetRequiredService<ResourceLoggerService>();
        var denied = new List<string>();
        foreach (var process in app.Services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<ProjectResource>())
            await foreach (var lines in logs.GetAllAsync(process))
                denied.AddRange(lines.Select(line => line.Content).Where(line => line.Contains("42501", StringComparison.Ordinal)));
        return denied;
    }

    /// <summary>Turns a flag on or off in all processes while they run; returns when each has heard of it.</summary>
    public async Task SetFlagAsync(string flag, bool isOn)
    {
        var written = SettingsFile + ".new";
        await File.WriteAllTextAsync(written, $$"""{ "{{flag}}": {{(isOn ? "true" : "false")}} }""");
        File.Move(written, SettingsFile, overwrite: true);
        foreach (var process in Flagged)
        {
            using var http = App.CreateHttpClient(process, "http");
            await Eventually.SeesAsync(
                () => http.GetStringAsync(new Uri("/metrics", UriKind.Relative)),
                metrics => metrics.Split('\n').Any(line => line.StartsWith("switchboard_rollout_percentage{", StringComparison.Ordinal)
                    && line.Contains($"flag=\"{flag}\"", StringComparison.Ordinal) && line.EndsWith(isOn ? " 100" : " 0", StringComparison.Ordinal)),
                $"{flag} {(isOn ? "on" : "off")} in {process}");
        }
    }

    /// <summary>An open connection to the product's database.</summary>
    public async Task<NpgsqlConnection> OpenDatabaseAsync()
    {
        // not pooled: a test may have ended the server behind an idle connection
        var connection = new NpgsqlConnection($"{await App.GetConnectionStringAsync("switchboard")};Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Ends a process as a crash would: no signal that it could handle.</summary>
    public async Task KillAsync(string resource)
    {
        using var process = System.Diagnostics.Process.GetProcessById(WorkingProcessOf(ProcessIdOf(resource)));
        process.Kill();
        using var timeout = new CancellationTokenSource(StartTimeout);
        await App.ResourceNotifications.WaitForResourceAsync(
            resource,
            change => KnownResourceStates.TerminalStates.Contains(change.Snapshot.State?.Text),
            timeout.Token);
    }

    /// <summary>
    /// The start command of the dashboard; returns when the resource is healthy. After a crash the control plane sometimes says at once that
    /// it could not start it; who looks at the dashboard then starts it again, and so does this, twice.
    /// </summary>
    public async Task StartAsync(string resource)
    {
        using var timeout = new CancellationTokenSource(StartTimeout);
        for (var again = 2; ; again--)
        {
            var result = await App.ResourceCommands.ExecuteCommandAsync(resource, KnownResourceCommands.StartCommand, timeout.Token);
            result.Success.ShouldBeTrue($"{resource} should start: {result.Message}");
            try
            {
                await App.ResourceNotifications.WaitForResourceHealthyAsync(resource, timeout.Token);
                return;
            }
            catch (DistributedApplicationException) when (again > 0)
            {
                Console.WriteLine($"{resource} did not start; it is started again.");
            }
        }
    }

    public int ProcessIdOf(string resource)
    {
        App.ResourceNotifications.TryGetCurrentState(resource, out var current).ShouldBeTrue($"there should be a resource {resource}");
        var pid = current!.Snapshot.Properties.FirstOrDefault(property => property.Name == "executable.pid")?.Value;
        return Convert.ToInt32(pid.ShouldNotBeNull($"{resource} should have a process"), System.Globalization.CultureInfo.InvariantCulture);
    }

    // what the control plane starts may be a wrapper: "dotnet run" of a project, the shell of a server; the work is done by its child
    private static int WorkingProcessOf(int pid)
    {
        if (File.ReadAllText($"/proc/{pid}/comm").Trim() is not ("dotnet" or "sh")) return pid;
        var children = Directory.EnumerateDirectories($"/proc/{pid}/task")
            .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return int.Parse(children.ShouldHaveSingleItem(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
