using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Switchboard.Tests.AppModel;

/// <summary>What an image that is published has in it, and as whom it runs.</summary>
public sealed class PublishedImageTests
{
    [Theory(Timeout = 120_000)]
    [InlineData("Analytics.Worker")]
    [InlineData("Edge.Api")]
    [InlineData("Migrations")]
    [InlineData("Workers.Dispatch")]
    [InlineData("Workers.Ingest")]
    public async Task An_image_has_no_settings_of_Development_and_is_not_root(string project)
    {
        var evaluated = await EvaluateAsync(project);

        ((string?)evaluated["Properties"]!["ContainerUser"]).ShouldBe("app");
        evaluated["Items"]!["Content"]!.AsArray()
            .Where(item => ((string)item!["Identity"]!).EndsWith(".Development.json", StringComparison.Ordinal))
            .ShouldAllBe(item => (string?)item!["CopyToPublishDirectory"] == "Never");
        evaluated["Items"]!["None"]!.AsArray()
            .ShouldAllBe(item => !((string)item!["Identity"]!).StartsWith("appsettings", StringComparison.Ordinal));
    }

    private static async Task<JsonNode> EvaluateAsync(string project)
    {
        var root = new DirectoryInfo(Projects.AppHost.ProjectPath).Parent!.FullName;
        using var process = Process.Start(new ProcessStartInfo(
            "dotnet",
            ["msbuild", Path.Combine(root, project, $"{project}.csproj"), "-getProperty:ContainerUser", "-getItem:Content", "-getItem:None"])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, output);
        return JsonNode.Parse(output)!;
    }
}
