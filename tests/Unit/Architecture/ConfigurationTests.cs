using System.Text.Json;
using System.Text.RegularExpressions;
using Switchboard.Core.FeatureFlags;

namespace Switchboard.Tests.Unit.Architecture;

/// <summary><c>docs/configuration.md</c> against the settings that the processes bind.</summary>
public sealed partial class ConfigurationTests
{
    private const string Header = "| setting | default | range | read by | what it is |";

    private static readonly string[] Processes = ["edge", "ingest", "dispatch", "analytics", "migrations"];

    private static readonly Lazy<IReadOnlyList<BoundSetting>> Bound = new(BoundSettings.Read);
    private static readonly Lazy<string[]> Lines = new(() => File.ReadAllLines(Path.Combine(Repository.Root, "docs", "configuration.md")));
    private static readonly Lazy<IReadOnlyList<Row>> Documented = new(() => [.. RowsUnder(Header).Select(Row.Of)]);
    private static readonly Lazy<IReadOnlyList<Row>> Expected = new(() => [.. Bound.Value.GroupBy(setting => setting.Key).Select(Row.Of)]);

    [Fact]
    public void Every_setting_has_one_row()
    {
        Documented.Value.GroupBy(row => row.Key).Where(rows => rows.Count() > 1).Select(rows => rows.Key).ShouldBeEmpty();
        Expected.Value.ExceptBy(Documented.Value.Select(row => row.Key), row => row.Key)
            .Select(row => $"docs/configuration.md has no row such as {row}").ShouldBeEmpty();
    }

    [Fact]
    public void Every_row_is_a_setting() =>
        Documented.Value.Select(row => row.Key).Except(Expected.Value.Select(row => row.Key)).ShouldBeEmpty();

    [Fact]
    public void Rows_say_the_default_the_range_and_the_processes_of_the_code()
    {
        var wrong = from expected in Expected.Value
                    join row in Documented.Value on expected.Key equals row.Key
                    where row.Default != expected.Default || row.ReadBy != expected.ReadBy
                        || (expected.Range.Length > 0 && row.Range != expected.Range)
                    select $"{row} must be as {expected}";
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Rows_say_what_the_setting_is() =>
        Documented.Value.Where(row => row.Meaning.Length == 0).Select(row => row.Key).ShouldBeEmpty();

    [Fact]
    public void Every_number_has_a_range() =>
        Bound.Value.Where(setting => setting.Range is null && IsNumber(setting.Property.PropertyType))
            .Select(setting => $"{setting.Property.DeclaringType!.Name}.{setting.Property.Name}").Distinct().ShouldBeEmpty();

    [Fact]
    public void Other_pages_say_the_same_defaults()
    {
        // by its whole name, and by its last part where no other setting ends so
        var leaves = Documented.Value.GroupBy(row => row.Key.Split(':')[^1]).Where(rows => rows.Count() == 1)
            .Select(rows => (Name: rows.Key, rows.Single().Default));
        var defaults = Documented.Value.Select(row => (Name: row.Key, row.Default)).Union(leaves)
            .ToDictionary(row => row.Name, row => Plain(row.Default));
        var pages = Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md")
            .Select(page => (Name: Path.GetFileName(page), Text: File.ReadAllText(page)));
        var said = pages.SelectMany(page => InBrackets().Matches(page.Text).Concat(InATable().Matches(page.Text))
            .SelectMany(match => match.Groups["name"].Captures.Zip(match.Groups["figure"].Captures))
            .Where(pair => defaults.ContainsKey(pair.First.Value))
            .Select(pair => (page.Name, Key: pair.First.Value, Figure: pair.Second.Value))).ToList();

        said.Count.ShouldBeGreaterThan(20, "the pages name their figures in these forms");
        said.Where(figure => Plain(figure.Figure) != defaults[figure.Key]).ShouldBeEmpty();
    }

    [Fact]
    public void Every_flag_is_listed() =>
        RowsUnder("| flag | read by |").Select(cells => cells[0]).ShouldBe(Feature.All.Select(feature => feature.Flag));

    [Fact]
    public void Every_parameter_of_the_deployment_is_listed()
    {
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "aspire-manifest.json")));
        var parameters = manifest.RootElement.GetProperty("resources").EnumerateObject()
            .Where(resource => resource.Value.GetProperty("type").ValueEquals("parameter.v0"))
            .Select(resource => resource.Name).ToHashSet();

        parameters.SymmetricExceptWith(RowsUnder("| parameter | sets |").Select(cells => cells[0]));
        parameters.ShouldBeEmpty("listed and not in the manifest, or the other way round");
    }

    // `Rollout:OffSeconds` (300)
    [GeneratedRegex(@"`(?<name>[A-Z][\w:]+)` \((?<figure>\d[\d,.]*)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex InBrackets();

    // | `DATABASE_POOL_MIN`, `DATABASE_POOL_MAX` | 2, 10 | ...
    [GeneratedRegex(@"^\| `(?<name>[A-Z][\w:]+)`(, `(?<name>[A-Z][\w:]+)`)* \| (?<figure>\d[\d,.]*)(, (?<figure>\d[\d,.]*))* \|",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex InATable();

    private static string Plain(string figure) => figure.Replace(",", "", StringComparison.Ordinal);

    private static bool IsNumber(Type type) =>
        Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) is > TypeCode.Char and < TypeCode.DateTime;

    // of all tables with this header
    private static IEnumerable<string[]> RowsUnder(string header)
    {
        for (var line = 0; line < Lines.Value.Length; line++)
        {
            if (Lines.Value[line] != header)
                continue;
            foreach (var row in Lines.Value.Skip(line + 2).TakeWhile(text => text.StartsWith('|')))
                yield return [.. row.Trim('|').Split('|').Select(cell => cell.Trim().Trim('`'))];
        }
    }

    private sealed record Row(string Key, string Default, string Range, string ReadBy, string Meaning)
    {
        public static Row Of(string[] cells) => new(cells[0], cells[1], cells[2], cells[3], cells[4]);

        // what several processes bind is one setting
        public static Row Of(IGrouping<string, BoundSetting> bound) => new(
            bound.Key,
            string.Join(" or ", bound.Select(setting => setting.Default).Distinct()),
            string.Join(", ", bound.Select(setting => setting.Range).OfType<string>().Distinct()),
            bound.Select(setting => setting.Process).ToHashSet() is var processes && processes.Count == Processes.Length
                ? "all"
                : string.Join(", ", Processes.Where(processes.Contains)),
            "…");

        public override string ToString() => $"| `{Key}` | {Default} | {Range} | {ReadBy} | {Meaning} |";
    }
}
