using System.Reflection;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Switchboard.Tests.Unit.Architecture;

/// <summary>What keeps the tree easy to find one's way in.</summary>
public sealed class TidinessTests
{
    private const int LongestFile = 300;
    private const int DeepestFolder = 2;

    private static readonly string[] SayNothing = ["Common", "Utils", "Helpers", "Services", "Models"];

    [Fact]
    public void No_file_is_longer_than_three_hundred_lines() =>
        AllSources().Where(file => File.ReadLines(file).Count() > LongestFile)
            .Select(file => Path.GetRelativePath(Repository.Root, file)).ShouldBeEmpty();

    [Fact]
    public void No_folder_is_deeper_than_two_levels_below_its_project() =>
        Repository.Product.SelectMany(project => Repository.SourcesOf(project)
                .Select(file => Path.GetRelativePath(Path.Combine(Repository.Root, project), file)))
            .Where(path => path.Split(Path.DirectorySeparatorChar).Length - 1 > DeepestFolder)
            .ShouldBeEmpty();

    [Fact]
    public void No_folder_has_a_name_that_says_nothing() =>
        AllSources().SelectMany(file => Path.GetRelativePath(Repository.Root, file).Split(Path.DirectorySeparatorChar))
            .Intersect(SayNothing).ShouldBeEmpty();

    [Theory]
    [InlineData("Switchboard.Core")]
    [InlineData("Switchboard.Edge.Api")]
    [InlineData("Switchboard.Workers.Ingest")]
    [InlineData("Switchboard.Workers.Dispatch")]
    [InlineData("Switchboard.Analytics.Worker")]
    [InlineData("Migrations")]
    public void Classes_are_sealed_unless_they_are_made_to_be_derived_from(string assembly) =>
        Assembly.Load(assembly).GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false, IsSealed: false } && !IsGenerated(type))
            .Where(type => !type.Assembly.GetTypes().Any(other => other.BaseType == type))
            .Select(type => type.FullName).ShouldBeEmpty();

    [Fact]
    public void Every_public_type_of_the_core_is_described()
    {
        var core = Assembly.Load("Switchboard.Core");
        var described = XDocument.Load(Path.ChangeExtension(core.Location, ".xml")).Descendants("member")
            .Where(member => !string.IsNullOrWhiteSpace(member.Element("summary")?.Value))
            .Select(member => member.Attribute("name")!.Value).ToHashSet();

        core.GetExportedTypes().Select(type => $"T:{type.FullName!.Replace('+', '.')}")
            .Where(name => !described.Contains(name)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Edge.Api", "Switchboard.Edge.Api")]
    public void A_log_level_is_set_for_a_category_that_there_is(string project, string assembly)
    {
        var settings = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, project, "appsettings.json")))!;
        var types = Assembly.Load(assembly).GetTypes();

        settings["Logging"]!["LogLevel"]!.AsObject().Select(level => level.Key)
            .Where(category => category.StartsWith("Switchboard.", StringComparison.Ordinal))
            .Where(category => !types.Any(type => type.FullName == category || type.Namespace == category)).ShouldBeEmpty();
    }

    private static IEnumerable<string> AllSources() =>
        Repository.Product.Concat(["Simulator", "tests", "bench"]).SelectMany(Repository.SourcesOf);

    private static bool IsGenerated(Type type) =>
        type.FullName!.Contains('<', StringComparison.Ordinal) || type.Name is "Program"
        || type.Namespace?.StartsWith("Microsoft.", StringComparison.Ordinal) == true
        || type.GetCustomAttribute<System.Runtime.CompilerServices.CompilerGeneratedAttribute>() is not null;
}
