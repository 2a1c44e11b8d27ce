using System.Text.Json;
using Switchboard.Core.Notifications.Templates;

namespace Switchboard.Tests.Unit.Notifications.Templates;

/// <summary>Sources that are made to loop, to recurse or to grow: each ends by what is counted, whatever the machine.</summary>
public sealed class LiquidAttackTests
{
    private const int Long = 200_000;

    public static TheoryData<string, string> RefusedAtSave { get; } = new()
    {
        { "a range without end", "{% for i in (1..1000000000) %}x{% endfor %}" },
        { "an include", "{% include 'a' %}" },
        { "a render", "{% render 'a' %}" },
        { "blocks nested without end", Many("{% if a %}", 20_000) + Many("{% endif %}", 20_000) },
        { "captures nested", Many("{% capture a %}", 20_000) },
        { "parentheses", "{{ " + Many("(", 200_000) },
        { "indexers", "{{ " + Many("a[", 100_000) + "1" },
        { "indexers of ranges", "{{ " + Many("(a[", 60) + "1" },
        { "a chain of filters", "{{ a" + Many(" | upcase", 20_000) + " }}" },
        { "a chain of conditions", "{% if a" + Many(" or a", 40_000) + " %}{% endif %}" },
        { "a tag that keeps what it writes", "{% ifchanged %}a{% endifchanged %}" },
        { "a macro", "{% macro a() %}{{ a() }}{% endmacro %}" },
        { "a filter that is not there", "{{ a | format_string: 1 }}" },
        { "an unclosed tag", "{% if a %}" },
        { "an unclosed output", "{{ a" },
    };

    public static TheoryData<string, string> Failing { get; } = new()
    {
        { "a range of the data", "{% for i in (1..big) %}x{% endfor %}" },
        { "a range that overflows", "{% for i in (huge..big) %}x{% endfor %}" },
        { "loops in loops", Many("{% for i in (1..1000) %}", 5) + "x" + Many("{% endfor %}", 5) },
        { "loops that write nothing", Many("{% for i in (1..10000) %}", 3) + Many("{% endfor %}", 3) },
        { "a text that doubles", "{% assign a = 'x' %}{% for i in (1..100) %}{% assign a = a | append: a %}{% endfor %}" },
        { "a capture that doubles", "{% assign a = 'x' %}{% for i in (1..99) %}{% capture a %}{{ a }}{{ a }}{% endcapture %}{% endfor %}" },
        { "an array that doubles", "{% assign a = list %}{% for i in (1..100) %}{% assign a = a | concat: a %}{% endfor %}" },
        { "arrays of arrays", "{% for i in (1..20) %}{% assign objects = objects | concat: objects %}{% endfor %}{{ objects | map: 'list' }}" },
        { "a replacement that grows", "{{ long | replace: 'x', long }}" },
        { "a replacement of nothing", "{{ long | replace: '', long }}" },
        { "a long join", "{{ list | join: long }}" },
        { "a megabyte", "{{ megabyte | upcase }}" },
        { "a megabyte written", "{{ megabyte }}" },
        { "pieces of a long text", "{{ long | split: '' | size }}" },
        { "a long text written often", "{% for i in (1..1000) %}{{ long }}{% endfor %}" },
        { "a long text compared often", "{% for i in (1..10000) %}{% if long == same %}{% endif %}{% endfor %}" },
        { "a long text searched often", "{% for i in (1..10000) %}{% if long contains 'xxxxxxxxy' %}{% endif %}{% endfor %}" },
        { "a long text searched for", "{% if long contains long %}{% endif %}" },
        { "a long text removed", "{{ long | remove: long }}" },
        { "a long text in a case", "{% for i in (1..1000) %}{% case long %}{% when same or same or same %}{% endcase %}{% endfor %}" },
        { "a long text as an index", "{% for i in (1..10000) %}{% if objects[long] %}{% endif %}{% endfor %}" },
        { "a width of a date", "{{ 'now' | date: '%999999999d' }}" },
        { "a width of a number", "{{ 1 | format_number: 'N999999999' }}" },
        { "a power", "{% assign a = 10 %}{% for i in (1..1000) %}{% assign a = a | times: a %}{% endfor %}{{ a }}" },
        { "a division by zero", "{{ 1 | divided_by: 0 }}" },
        { "digits that there cannot be", "{{ 1.5 | round: 999 }}" },
        { "a slice that overflows", "{{ 'abc' | slice: huge }}" },
    };

    private static readonly JsonElement Data = JsonSerializer.SerializeToElement(new
    {
        big = 1_000_000_000,
        huge = -99999999999999999999m,
        @long = new string('x', Long),
        same = new string('x', Long),
        megabyte = new string('x', 1_000_000),
        list = Enumerable.Range(0, 1_000).ToArray(),
        objects = new[] { new { list = Enumerable.Range(0, 1_000).ToArray() } },
    });

    [Theory]
    [MemberData(nameof(RefusedAtSave))]
    public void What_shows_in_a_source_is_refused_when_it_is_saved(string what, string source)
    {
        var refusal = Should.Throw<LiquidException>(() => LiquidTemplate.Compile(source), what);

        refusal.Message.ShouldNotBeEmpty();
        refusal.Line.ShouldBe(1);
        refusal.Column.ShouldBeGreaterThan(0);
    }

    [Theory]
    [MemberData(nameof(Failing))]
    public void What_shows_only_with_the_data_fails_within_its_bounds(string what, string source)
    {
        var template = LiquidTemplate.Compile(source);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Should.Throw<LiquidException>(() => Render(template), what).Message.ShouldNotBeEmpty();

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(500_000_000, what);
    }

    [Theory]
    [InlineData("upcase")]
    [InlineData("escape")]
    [InlineData("strip_html")]
    [InlineData("handleize")]
    [InlineData("truncatewords: 5")]
    [InlineData("split: 'y' | sort | uniq | size")]
    [InlineData("url_encode")]
    [InlineData("sha256")]
    [InlineData("date: '%Y'")]
    [InlineData("plus: 1")]
    public void A_filter_on_a_long_text_ends(string filter)
    {
        var template = LiquidTemplate.Compile($"{{% assign a = long | {filter} %}}{{{{ a | size }}}}");

        Render(template).Length.ShouldBeLessThan(10);
    }

    [Fact]
    public void Data_that_are_nested_without_end_are_refused()
    {
        using var deep = JsonDocument.Parse(Many("[", 60) + Many("]", 60));
        var data = JsonSerializer.SerializeToElement(new { deep = deep.RootElement });

        Should.Throw<LiquidException>(() => LiquidData.Read(data)).Message.ShouldContain("nested");
    }

    [Fact]
    public void One_message_has_one_budget_for_all_its_sources()
    {
        var budget = new LiquidBudget();
        var template = LiquidTemplate.Compile("{% for i in (1..5) %}{% assign a = long | upcase %}{% endfor %}");

        Render(template, budget);

        Should.Throw<LiquidException>(() =>
        {
            for (var i = 0; i < 10; i++)
                Render(template, budget);
        }).Message.ShouldContain("too much work");
    }

    [Theory]
    [InlineData("{{ list.Length }}{{ list.Values }}")]
    [InlineData("{{ objects[0].GetType }}{{ objects.Capacity }}")]
    [InlineData("{{ forloop }}{{ recipient.EqualityContract }}")]
    public void Nothing_of_this_process_can_be_reached(string source) => Render(LiquidTemplate.Compile(source)).ShouldBe("");

    private static string Many(string piece, int count) => string.Concat(Enumerable.Repeat(piece, count));

    private static string Render(LiquidTemplate template, LiquidBudget? budget = null) => template.Render(
        new(template.Options, budget ?? new(), LiquidData.Read(Data), TimeZoneInfo.Utc, DateTimeOffset.UnixEpoch, []), isHtml: false);
}
