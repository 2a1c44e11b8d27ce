using System.Reflection;
using System.Xml.Linq;

namespace Switchboard.Tests.Unit.Architecture;

/// <summary>The "must not know" column of the house.</summary>
public sealed class MustNotKnowTests
{
    private static readonly string[] Processes =
        ["Edge.Api", "Workers.Ingest", "Workers.Dispatch", "Analytics.Worker", "Migrations", "Simulator"];

    [Fact]
    public void Core_knows_nothing_of_the_web() =>
        ReferencesOf("Switchboard.Core").ShouldNotContain(name =>
            name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || name.StartsWith("FastEndpoints", StringComparison.Ordinal));

    [Theory]
    [InlineData("Switchboard.Workers.Ingest")]
    [InlineData("Switchboard.Workers.Dispatch")]
    [InlineData("Switchboard.Analytics.Worker")]
    [InlineData("Switchboard.Migrations")]
    public void Only_the_edge_knows_endpoints(string assembly) =>
        ReferencesOf(assembly).ShouldNotContain(name => name.StartsWith("FastEndpoints", StringComparison.Ordinal));

    [Theory]
    [InlineData("Edge.Api")]
    [InlineData("Workers.Ingest")]
    [InlineData("Workers.Dispatch")]
    [InlineData("Analytics.Worker")]
    [InlineData("Migrations")]
    public void No_process_knows_another(string project) =>
        ProjectReferencesOf(project).Intersect(Processes).ShouldBeEmpty();

    [Fact]
    public void The_simulator_and_the_defaults_know_nothing_of_the_product()
    {
        ProjectReferencesOf("Simulator").ShouldBeSubsetOf(["ServiceDefaults"]);
        ProjectReferencesOf("ServiceDefaults").ShouldBeEmpty();
    }

    [Fact]
    public void The_providers_clients_are_not_in_the_edge() =>
        Repository.SourcesOf("Edge.Api").Where(file => File.ReadAllText(file).Contains("HttpClient.Post", StringComparison.Ordinal))
            .ShouldBeEmpty();

    private static IEnumerable<string> ReferencesOf(string assembly) =>
        Assembly.Load(assembly).GetReferencedAssemblies().Select(name => name.Name!);

    private static IEnumerable<string> ProjectReferencesOf(string project) =>
        XDocument.Load(Path.Combine(Repository.Root, project, $"{project}.csproj")).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
}
