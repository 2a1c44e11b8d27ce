using System.Reflection;
using System.Xml.Linq;
using NetArchTest.Rules;

namespace Switchboard.Tests.Unit.Architecture;

/// <summary>The "must not know" column of the architecture, held by what the compiled types refer to.</summary>
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
    [InlineData("Migrations")]
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
    public void The_edge_itself_asks_providers_for_signing_keys_alone() =>
        TypesThatKnow("Switchboard.Edge.Api", "System.Net.Http.HttpClient").ShouldBe(["GmailPushKeys"]);

    [Fact]
    public void Analytics_knows_no_provider() =>
        TypesThatKnow("Switchboard.Analytics.Worker", "System.Net.Http", "Switchboard.Core.Providers").ShouldBeEmpty();

    private static IEnumerable<string> TypesThatKnow(string assembly, params string[] dependencies) =>
        Types.InAssembly(Assembly.Load(assembly)).That().HaveDependencyOnAny(dependencies).GetTypes()
            .Select(type => type.DeclaringType ?? type)
            .Where(type => !type.Name.EndsWith("Extensions", StringComparison.Ordinal) && !type.Name.EndsWith("Services", StringComparison.Ordinal))
            .Select(type => type.Name).Distinct();

    private static IEnumerable<string> ReferencesOf(string assembly) =>
        Assembly.Load(assembly).GetReferencedAssemblies().Select(name => name.Name!);

    private static IEnumerable<string> ProjectReferencesOf(string project) =>
        XDocument.Load(Path.Combine(Repository.Root, project, $"{project}.csproj")).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
}
