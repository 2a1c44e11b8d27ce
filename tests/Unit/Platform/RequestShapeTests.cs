using System.Buffers;
using System.Text;
using System.Text.Json;
using FastEndpoints;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs;
using Switchboard.Core.Rules;
using Switchboard.Edge.Api.Platform;
using Switchboard.ServiceDefaults;

namespace Switchboard.Tests.Unit.Platform;

/// <summary>Values that every endpoint reads the same way.</summary>
public sealed class RequestShapeTests
{
    private static readonly JsonSerializerOptions Json =
        new(JsonSerializerDefaults.Web) { Converters = { new WordEnumConverter(), new Times.Converter() } };

    public static TheoryData<Type> Enums =>
        [.. new[] { typeof(JobPriority), typeof(RuleType), typeof(ContentScope) }];

    [Theory]
    [MemberData(nameof(Enums))]
    public void An_enum_is_read_as_it_is_written_and_as_nothing_else(Type type)
    {
        var words = new List<string>();
        foreach (var value in Enum.GetValues(type))
        {
            var word = JsonSerializer.Serialize(value, type, Json).Trim('"');
            words.Add(word);
            JsonSerializer.Deserialize($"\"{word.ToUpperInvariant()}\"", type, Json).ShouldBe(value);
        }

        foreach (var other in new[] { $"{words[0]},{words[1]}", $"{words[0]}, {words[1]}", $"{words[0]},", "0", "", " ", "none-of-them" })
            Should.Throw<JsonException>(() => JsonSerializer.Deserialize($"\"{other}\"", type, Json), other);
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize("1", type, Json));
    }

    [Fact]
    public void An_enum_may_be_a_key_of_a_dictionary()
    {
        const string text = """{"very-low":1}""";

        var read = JsonSerializer.Deserialize<Dictionary<JobPriority, int>>(text, Json);

        read.ShouldHaveSingleItem().Key.ShouldBe(JobPriority.VeryLow);
        JsonSerializer.Serialize(read, Json).ShouldBe(text);
    }

    // FastEndpoints would take "1" and "high,low" for an enum of a query
    [Fact]
    public void No_query_has_an_enum_its_words_are_compared_by_a_validator() =>
        typeof(Problems).Assembly.GetTypes()
            .SelectMany(type => type.GetProperties())
            .Where(property => property.IsDefined(typeof(QueryParamAttribute), inherit: false))
            .ShouldAllBe(property => !(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType).IsEnum);

    [Theory]
    [InlineData("0001-01-01T00:00:00Z", "1900-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59.9999999Z", "2999-12-31T23:59:59Z")]
    [InlineData("2026-11-22T06:00:00+02:00", "2026-11-22T04:00:00Z")]
    public void A_time_of_a_query_goes_no_further_than_the_ends(string text, string expected) =>
        Times.Parse(text).Value.ShouldBe(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59Z")]
    [InlineData("9999-12-31T23:59:59-14:00")]
    [InlineData("yesterday")]
    public void A_time_of_a_body_that_could_not_be_worked_with_is_refused(string text)
    {
        var json = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes($$"""{"at": "{{text}}"}"""));

        Should.Throw<JsonBodyException>(() => JsonBody.Parse(json, typeof(WithTime), Json)).Errors.ShouldHaveSingleItem().Name.ShouldBe("at");
    }

    [Fact]
    public void The_lowest_id_since_the_beginning_of_time_is_the_lowest_of_all()
    {
        TimeOrderedId.Before(DateTimeOffset.MinValue).ShouldBe(Guid.Empty);
        TimeOrderedId.Before(DateTimeOffset.MaxValue).ShouldBeGreaterThan(Guid.CreateVersion7(TimeProvider.System.GetUtcNow()));
        TimeOrderedId.After(DateTimeOffset.MinValue).ShouldBe(Guid.Empty);
        TimeOrderedId.After(DateTimeOffset.MaxValue).ShouldBeGreaterThan(Guid.CreateVersion7(TimeProvider.System.GetUtcNow()));
    }

    [Fact]
    public void A_broker_that_blocks_publishers_makes_a_process_unready()
    {
        ServerChecks.BrokerPublishes.Of(null).Status.ToString().ShouldBe("Healthy");
        var blocked = ServerChecks.BrokerPublishes.Of("low on memory");
        blocked.Status.ToString().ShouldBe("Unhealthy");
        blocked.Description.ShouldBe("RabbitMQ takes no jobs: it blocks publishers (low on memory).");
    }

    private sealed record WithTime(DateTimeOffset? At);
}
