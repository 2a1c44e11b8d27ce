using System.Text.Json;

namespace Aspire.Hosting;

/// <summary>A profile of a project's <c>Properties/launchSettings.json</c>.</summary>
internal sealed record LaunchProfile(string Name, IReadOnlyList<Uri> Urls, IReadOnlyDictionary<string, string> EnvironmentVariables)
{
    /// <summary>The profile named by the app host if the project has it, otherwise its first; null without launch settings.</summary>
    public static LaunchProfile? Of(string projectPath, string? preferredName)
    {
        var file = Path.Combine(Path.GetDirectoryName(projectPath)!, "Properties", "launchSettings.json");
        if (!File.Exists(file)) return null;

        using var settings = JsonDocument.Parse(
            File.ReadAllText(file), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        if (!settings.RootElement.TryGetProperty("profiles", out var profiles)) return null;

        LaunchProfile[] projects = [.. profiles.EnumerateObject().Where(IsProject).Select(Read)];
        return projects.FirstOrDefault(profile => profile.Name == preferredName) ?? projects.FirstOrDefault();
    }

    private static bool IsProject(JsonProperty profile) =>
        profile.Value.TryGetProperty("commandName", out var command) && command.GetString() == "Project";

    private static LaunchProfile Read(JsonProperty profile)
    {
        var urls = profile.Value.TryGetProperty("applicationUrl", out var url) ? url.GetString() ?? "" : "";
        var variables = profile.Value.TryGetProperty("environmentVariables", out var environment)
            ? environment.EnumerateObject().ToDictionary(variable => variable.Name, variable => variable.Value.GetString() ?? "")
            : [];
        return new LaunchProfile(
            profile.Name, [.. urls.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(address => new Uri(address))], variables);
    }
}
