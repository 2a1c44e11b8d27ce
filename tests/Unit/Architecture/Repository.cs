using System.Runtime.CompilerServices;

namespace Switchboard.Tests.Unit.Architecture;

/// <summary>The tree of sources, found from this very file.</summary>
internal static class Repository
{
    /// <summary>What is shipped: everything but the stand-ins, the tests and the tools.</summary>
    public static readonly string[] Product =
        ["AppHost", "ServiceDefaults", "Core", "Migrations", "Edge.Api", "Workers.Ingest", "Workers.Dispatch", "Analytics.Worker"];

    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> SourcesOf(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !IsBuildOutput(Path.GetRelativePath(Root, file)));

    public static bool IsBuildOutput(string relativePath) =>
        relativePath.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj");

    private static string FindRoot([CallerFilePath] string thisFile = "")
    {
        for (var folder = new DirectoryInfo(Path.GetDirectoryName(thisFile)!); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Aspire.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"There is no Aspire.sln above {thisFile}.");
    }
}
