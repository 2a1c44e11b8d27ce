using System.Diagnostics;

namespace Switchboard.Tests.AppModel;

/// <summary>What a deployment is told.</summary>
public sealed class ManifestTests
{
    [Theory(Timeout = 120_000)]
    [InlineData("auto")]
    [InlineData("local")]
    public async Task The_manifest_is_as_checked_in_and_has_containers_whatever_this_machine_runs(string servers)
    {
        var root = new DirectoryInfo(Projects.AppHost.ProjectPath).Parent!.FullName;
        // paths in it are relative to where it is; and it is a file only if it is called .json
        var written = Path.Combine(root, $"aspire-manifest.{Guid.CreateVersion7():N}.json");
        try
        {
            await RunAsync(root, "--publisher", "manifest", "--output-path", written, $"--Servers={servers}");

            (await File.ReadAllTextAsync(written)).ShouldBe(await File.ReadAllTextAsync(Path.Combine(root, "aspire-manifest.json")));
        }
        finally
        {
            File.Delete(written);
        }
    }

    private static async Task RunAsync(string root, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "AppHost.dll"), .. arguments])
        {
            WorkingDirectory = Path.Combine(root, "AppHost"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await output + await errors);
    }
}
