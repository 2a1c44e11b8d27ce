using System.Diagnostics;

namespace Switchboard.Tests.Fixtures;

/// <summary>Debian's Prometheus: its programs, and where the repository keeps what they read.</summary>
internal static class Promtool
{
    /// <summary>The server.</summary>
    public const string Server = "/usr/bin/prometheus";

    private const string Program = "/usr/bin/promtool";

    /// <summary>Fails the test, and says what to do, where they are not installed.</summary>
    public static void ShouldBeInstalled() => (File.Exists(Server) && File.Exists(Program)).ShouldBeTrue(
        "Prometheus is missing, which checks deploy/monitoring: apt-get install --no-install-recommends prometheus");

    /// <summary>Runs promtool in a folder; fails the test with what it says unless it ends well.</summary>
    public static async Task RunAsync(string folder, params string[] arguments)
    {
        ShouldBeInstalled();
        using var process = Process.Start(new ProcessStartInfo(Program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"promtool {string.Join(' ', arguments)}: {await output}{await errors}");
    }
}
