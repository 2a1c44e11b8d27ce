using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Run;

/// <summary>The Aspire dashboard, when the Aspire CLI is in the tool folder: traces, metrics and structured logs of all processes.</summary>
internal sealed class Dashboard(LocalRun run, IConfiguration configuration, Guardian guardian, ResourceLoggerService loggers, TimeProvider time)
{
    private const string Name = "aspire-dashboard";
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);
    private readonly string _program = Path.Combine(run.ToolFolder, "aspire-cli/node_modules/@microsoft/aspire-cli-linux-x64/bin/aspire");
    private SupervisedProcess? _process;

    /// <summary>Whether the CLI is there.</summary>
    public bool IsAvailable => File.Exists(_program);

    /// <summary>Where people look at it.</summary>
    public string Url => (configuration["ASPNETCORE_URLS"] ?? configuration["Urls"])?.Split(';')[0] ?? "http://localhost:18888";

    /// <summary>Where processes send their telemetry.</summary>
    public string OtlpGrpcUrl { get; } =
        configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] ?? configuration["DOTNET_DASHBOARD_OTLP_ENDPOINT_URL"] ?? "http://localhost:18889";

    private string OtlpHttpUrl { get; } = configuration["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] ?? "http://localhost:18890";

    public void Start()
    {
        if (!IsAvailable) return;
        var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Where(variable => (string)variable.Key is not ("ASPNETCORE_URLS" or "ASPNETCORE_ENVIRONMENT" or "DOTNET_ENVIRONMENT"))
            .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "");
        environment["ASPIRE_CLI_TELEMETRY_OPTOUT"] = "1";
        environment["ASPIRE_CLI_NOLOGO"] = "1";
        environment["HOME"] = Path.Combine(run.ToolFolder, "aspire-cli"); // what it unpacks and logs stays with it
        string[] arguments =
        [
            "dashboard", "run", "--allow-anonymous", "--frontend-url", Url, "--otlp-grpc-url", OtlpGrpcUrl, "--otlp-http-url", OtlpHttpUrl,
        ];
        _process = SupervisedProcess.Start(
            new ProcessLaunch(Account.Self, _program, arguments, environment, run.Folder), guardian, (line, isError) =>
            {
                // its standard output is made for a person who started it by hand
                if (isError) loggers.Write(Name, line, isError);
            });
    }

    public async Task StopAsync()
    {
        if (_process is not null) await _process.StopAsync(StopGrace, time);
    }
}
