using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Switchboard.AppHost;

/// <summary>What the command line and appsettings.json say about Postgres, Redis and RabbitMQ.</summary>
/// <param name="InContainers">Whether they are containers; otherwise they are local programs.</param>
/// <param name="KeepData">Whether what they store outlives this run.</param>
/// <param name="Fresh">Whether they start empty.</param>
/// <param name="Folder">Where local servers store their data.</param>
internal sealed record ServerSettings(bool InContainers, bool KeepData, bool Fresh, string Folder)
{
    private static readonly TimeSpan EngineTimeout = TimeSpan.FromSeconds(10);

    /// <summary><c>--fresh</c> is a setting like any other, only shorter.</summary>
    public static string[] Expand(string[] args) =>
        [.. args.Select(argument => argument == "--fresh" ? "--LocalServers:Fresh=true" : argument)];

    /// <exception cref="DistributedApplicationException">A setting has no meaning.</exception>
    public static ServerSettings Read(IDistributedApplicationBuilder builder)
    {
        var section = builder.Configuration.GetSection("LocalServers");
        // a deployment has its servers in containers and keeps their data, whatever this machine has
        var publish = builder.ExecutionContext.IsPublishMode;
        var fresh = !publish && section.GetValue("Fresh", false);
        return new ServerSettings(
            publish || AreContainers(builder.Configuration["Servers"]),
            publish || section.GetValue("KeepData", true),
            fresh,
            Path.GetFullPath(section["Folder"] ?? "../.switchboard", builder.AppHostDirectory));
    }

    private static bool AreContainers(string? choice) => choice?.ToLowerInvariant() switch
    {
        "containers" => true,
        "local" => false,
        null or "" or "auto" => EngineAnswers("docker") || EngineAnswers("podman"),
        _ => throw new DistributedApplicationException($"Servers is \"{choice}\"; it can be auto, containers or local."),
    };

    // installed is not enough: the client is often there without its daemon
    private static bool EngineAnswers(string engine)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(engine, "info") { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            if (process.WaitForExit(EngineTimeout))
                return process.ExitCode == 0;
            process.Kill(entireProcessTree: true);
            return false;
        }
        catch (Win32Exception)
        {
            return false; // not installed
        }
    }
}
