using System.Text;
using System.Text.Json;
using FluentValidation.Results;
using Microsoft.AspNetCore.Http;
using Switchboard.Edge.Api.Platform;
using Switchboard.Edge.Api.Rules;
using Switchboard.ServiceDefaults;

namespace Switchboard.Tests.Unit.Platform;

public sealed class JsonBodyTests
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new WordEnumConverter(), new Times.Converter() },
    };

    [Fact]
    public void Every_value_that_does_not_fit_is_named_not_only_the_first() =>
        Errors(
            """
            {"name": 1, "type": "other", "sender": {"domains": ["a.test", 2, {}]}, "priority": "high", "active": "yes",
             "recipient": "+15550100001"}
            """)
            .ShouldBe(["name", "type", "sender.domains[1]", "sender.domains[2]", "priority", "active"], ignoreOrder: true);

    [Fact]
    public void What_the_validator_finds_in_the_rest_is_named_too() =>
        Errors("""{"name": "", "priority": "high", "sender": {"domains": ["a.test"]}, "recipient": "1"}""")
            .ShouldBe(["priority", "name", "recipient"], ignoreOrder: true);

    [Fact]
    public void A_value_of_the_wrong_type_is_not_also_said_to_be_missing() =>
        Errors("""{"name": 1, "sender": {"domains": ["a.test"]}, "recipient": "+15550100001"}""").ShouldBe(["name"]);

    [Theory]
    [InlineData("")]
    [InlineData("{\"name\":")]
    [InlineData("{\"name\": \"x\"}}")]
    [InlineData("<name/>")]
    public void What_is_not_json_is_said_to_be_none(string body) => Errors(body).ShouldBe(["$"]);

    [Fact]
    public void The_words_of_the_serializer_stay_inside() =>
        Should.Throw<JsonBodyException>(() => Parse("""{"type": "other"}""")).Errors
            .ShouldAllBe(error => !error.Reason.Contains("Switchboard", StringComparison.Ordinal));

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
        (await Should.ThrowAsync<JsonBodyException>(() => ReadAsync(method, body))).Errors.Select(error => error.Name).ShouldBe(["$"]);

    [Theory]
    [InlineData("""{"name": "x", "name": 1, "Name": 2, "priority": "high"}""", "name", "name", "priority")]
    [InlineData("""{"name": "x", "content": {"scope": "body,both", "anyOf": ["a"]}}""", "content.scope")]
    [InlineData("""{"name": "x", "content": {"scope": "0", "anyOf": "a"}, "sender": []}""", "content.scope", "content.anyOf", "sender")]
    [InlineData("""["name"]""", "$")]
    [InlineData("""{"name": 1, "priority": }""", "$")]
    [InlineData("""{"recipient": "\ud800"}""", "recipient")]
    [InlineData("""{"name": 1, "recipient": "\ud800"}""", "name", "recipient")]
    public void Odd_bodies_are_named_field_by_field(string body, params string[] fields) =>
        Should.Throw<JsonBodyException>(() => Parse(body)).Errors.Select(error => error.Name).Distinct().ShouldBe(fields.Distinct(), ignoreOrder: true);

    [Fact]
    public void A_long_body_is_walked_once_however_many_errors_it_has()
    {
        // what a walk costs is what it allocates: a parse for each error would be some fifty times the body
        var fine = string.Join(',', Enumerable.Repeat("\"a.test\"", 40_000));
        var wrong = string.Join(',', Enumerable.Repeat("1", 60));
        var json = new System.Buffers.ReadOnlySequence<byte>(
            Encoding.UTF8.GetBytes($$"""{"name": "x", "sender": { "domains": [{{fine}},{{wrong}}] } }"""));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var errors = Should.Throw<JsonBodyException>(() => JsonBody.Parse(json, typeof(RuleRequest), Json)).Errors.Count;

        errors.ShouldBe(50);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(20 * json.Length);
    }

    private static Task<object?> ReadAsync(string method, string body)
    {
        var context = new DefaultHttpContext { Request = { Method = method, Body = new MemoryStream(Encoding.UTF8.GetBytes(body)) } };
        return JsonBody.ReadAsync(context.Request, typeof(RuleRequest), Json, CancellationToken.None).AsTask();
    }

    private static List<string> Errors(string body)
    {
        var exception = Should.Throw<JsonBodyException>(() => Parse(body));
        return [.. JsonBody.AllErrors(JsonBody.Failure(exception), Validate).Select(error => error.Name)];
    }

    private static List<ValidationFailure> Validate(object request) => new RuleRequestValidator().Validate((RuleRequest)request).Errors;

    private static object? Parse(string body) => JsonBody.Parse(new(Encoding.UTF8.GetBytes(body)), typeof(RuleRequest), Json);
}
