using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using FluentValidation.Results;
using Microsoft.AspNetCore.Http;
using Switchboard.Edge.Api.Platform;
using Switchboard.Edge.Api.Rules;

namespace Switchboard.Tests.Unit.Edge;

public sealed class JsonBodyTests
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };

    [Fact]
    public void Every_value_that_does_not_fit_is_named_not_only_the_first() =>
        Mistakes(
            """
            {"name": 1, "type": "other", "sender": {"domains": ["a.test", 2, {}]}, "priority": "high", "active": "yes",
             "recipient": "+15550100001"}
            """)
            .ShouldBe(["name", "type", "sender.domains[1]", "sender.domains[2]", "priority", "active"], ignoreOrder: true);

    [Fact]
    public void What_the_validator_finds_in_the_rest_is_named_too() =>
        Mistakes("""{"name": "", "priority": "high", "sender": {"domains": ["a.test"]}, "recipient": "1"}""")
            .ShouldBe(["priority", "name", "recipient"], ignoreOrder: true);

    [Fact]
    public void A_value_of_the_wrong_type_is_not_also_said_to_be_missing() =>
        Mistakes("""{"name": 1, "sender": {"domains": ["a.test"]}, "recipient": "+15550100001"}""").ShouldBe(["name"]);

    [Theory]
    [InlineData("")]
    [InlineData("{\"name\":")]
    [InlineData("{\"name\": \"x\"}}")]
    [InlineData("<name/>")]
    public void What_is_not_json_is_said_to_be_none(string body) => Mistakes(body).ShouldBe(["$"]);

    [Fact]
    public void The_words_of_the_serializer_stay_inside() =>
        Should.Throw<JsonBodyException>(() => Parse("""{"type": "other"}""")).Mistakes
            .ShouldAllBe(mistake => !mistake.Reason.Contains("Switchboard", StringComparison.Ordinal));

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("DELETE")]
    public async Task Who_asks_without_a_body_may_say_that_it_is_json(string method) => (await ReadAsync(method, "")).ShouldBeNull();

    [Theory]
    [InlineData("GET", "{")]
    [InlineData("POST", "")]
    [InlineData("PUT", "")]
    [InlineData("PATCH", "")]
    public async Task A_body_that_is_there_or_must_be_is_read(string method, string body) =>
        (await Should.ThrowAsync<JsonBodyException>(() => ReadAsync(method, body))).Mistakes.Select(mistake => mistake.Name).ShouldBe(["$"]);

    private static Task<object?> ReadAsync(string method, string body)
    {
        var context = new DefaultHttpContext { Request = { Method = method, Body = new MemoryStream(Encoding.UTF8.GetBytes(body)) } };
        return JsonBody.ReadAsync(context.Request, typeof(RuleRequest), Json, CancellationToken.None).AsTask();
    }

    private static List<string> Mistakes(string body)
    {
        var exception = Should.Throw<JsonBodyException>(() => Parse(body));
        return [.. JsonBody.AllMistakes(JsonBody.Failure(exception), Validate).Select(mistake => mistake.Name)];
    }

    private static List<ValidationFailure> Validate(object request) => new RuleRequestValidator().Validate((RuleRequest)request).Errors;

    private static object? Parse(string body) => JsonBody.Parse(new(Encoding.UTF8.GetBytes(body)), typeof(RuleRequest), Json);
}
