using FastEndpoints;

namespace Switchboard.Polyfills.FastEndpoints.Tests;

public sealed class BodyTests(TestApp app)
{
    [Fact]
    public async Task Malformed_json_is_refused_under_the_serializers_name()
    {
        var (status, body) = await app.Client.PostTextAsync("/api/body/object", "{ nope");

        status.ShouldBe(400);
        body.Errors().ShouldHaveSingleItem().ShouldStartWith("serializerErrors: 'n' is an invalid start of a property name.");
    }

    [Fact]
    public async Task No_json_at_all_is_refused_under_the_serializers_name()
    {
        var (status, body) = await app.Client.PostTextAsync("/api/body/object", "");

        status.ShouldBe(400);
        body.Errors().ShouldHaveSingleItem().ShouldStartWith("serializerErrors: The input does not contain any JSON tokens.");
    }

    [Fact]
    public async Task A_value_of_the_wrong_type_is_refused_under_its_path()
    {
        var (status, body) = await app.Client.PostTextAsync("/api/body/object", """{"name":"a","inner":{"count":"x"}}""");

        status.ShouldBe(400);
        body.Errors().ShouldHaveSingleItem().ShouldStartWith("inner.count: ");
    }

    [Fact]
    public async Task A_missing_required_property_is_refused()
    {
        var (status, body) = await app.Client.PostTextAsync("/api/body/object", "{}");

        status.ShouldBe(400);
        body.Errors().ShouldHaveSingleItem().ShouldContain("missing required properties");
    }

    [Fact]
    public async Task Json_null_is_an_empty_request()
        => (await app.Client.PostTextAsync("/api/body/object", "null")).Body.ShouldBe("""{"name":null,"inner":null}""");

    [Fact]
    public async Task Unknown_members_are_ignored()
        => (await app.Client.PostTextAsync("/api/body/object", """{"name":"a","more":[1]}""")).Body.ShouldBe("""{"name":"a","inner":null}""");

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    public async Task Another_content_type_or_none_is_415(string? contentType)
        => (await app.Client.SendAsync("POST", "/api/body/object", "{}", contentType)).Status.ShouldBe(415);

    [Fact]
    public async Task No_body_and_no_content_type_is_415_where_a_body_is_expected()
        => (await app.Client.SendAsync("POST", "/api/body/object")).Status.ShouldBe(415);

    [Fact]
    public async Task A_request_that_the_route_holds_whole_needs_no_body()
        => (await app.Client.SendAsync("POST", "/api/body/3/cancel")).Body.ShouldBe("3");

    [Fact]
    public async Task A_list_is_a_body()
    {
        (await app.Client.PostTextAsync("/api/body/list", """[{"name":"a"},{"name":"b"}]""")).Body.ShouldBe("a,b");
        (await app.Client.PostTextAsync("/api/body/list", "{}")).Body.Errors().ShouldHaveSingleItem().ShouldStartWith("serializerErrors: ");
        (await app.Client.PostTextAsync("/api/body/list", """[{"name":1}]""")).Body.Errors().ShouldHaveSingleItem().ShouldStartWith("serializerErrors: ");
    }

    [Fact]
    public async Task A_property_can_be_the_whole_body_beside_the_route()
        => (await app.Client.PostTextAsync("/api/body/5/property", """{"name":"a"}""")).Body.ShouldBe("""{"id":5,"content":{"name":"a","inner":null}}""");

    [Fact]
    public async Task A_property_can_be_a_list_that_is_the_whole_body()
        => (await app.Client.PostTextAsync("/api/body/property-list", """[1,2]""")).Body.ShouldBe("2");

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json")]
    public async Task A_plain_text_request_has_the_body_as_it_came(string contentType)
        => (await app.Client.SendAsync("POST", "/api/body/text/9", """{ "as": "it came" """, contentType)).Body.ShouldBe("""9:{ "as": "it came" """);

    internal sealed record Inner(int Count);

    internal sealed record ObjectRequest
    {
        public required string Name { get; init; }

        public Inner? Inner { get; init; }
    }

    internal sealed class ObjectEndpoint : Endpoint<ObjectRequest, ObjectRequest>
    {
        public override void Configure()
        {
            Post("/body/object");
            AllowAnonymous();
        }

        public override Task<ObjectRequest> ExecuteAsync(ObjectRequest req, CancellationToken ct) => Task.FromResult(req);
    }

    internal sealed record CancelRequest(int Id);

    internal sealed class CancelEndpoint : Endpoint<CancelRequest>
    {
        public override void Configure()
        {
            Post("/body/{id:int}/cancel");
            AllowAnonymous();
        }

        public override Task HandleAsync(CancelRequest req, CancellationToken ct) => Send.StringAsync($"{req.Id}", cancellation: ct);
    }

    internal sealed class ListRequest : List<ObjectRequest>;

    internal sealed class ListEndpoint : Endpoint<ListRequest>
    {
        public override void Configure()
        {
            Post("/body/list");
            AllowAnonymous();
        }

        public override Task HandleAsync(ListRequest req, CancellationToken ct) => Send.StringAsync(string.Join(',', req.Select(r => r.Name)), cancellation: ct);
    }

    internal sealed record PropertyRequest
    {
        public int Id { get; init; }

        [FromBody]
        public ObjectRequest? Content { get; init; }
    }

    internal sealed class PropertyEndpoint : Endpoint<PropertyRequest, PropertyRequest>
    {
        public override void Configure()
        {
            Post("/body/{id}/property");
            AllowAnonymous();
        }

        public override Task<PropertyRequest> ExecuteAsync(PropertyRequest req, CancellationToken ct) => Task.FromResult(req);
    }

    internal sealed record PropertyListRequest
    {
        [FromBody]
        public IReadOnlyList<int>? Items { get; init; }
    }

    internal sealed class PropertyListEndpoint : Endpoint<PropertyListRequest>
    {
        public override void Configure()
        {
            Post("/body/property-list");
            AllowAnonymous();
        }

        public override Task HandleAsync(PropertyListRequest req, CancellationToken ct) => Send.StringAsync($"{req.Items?.Count}", cancellation: ct);
    }

    internal sealed class TextRequest : IPlainTextRequest
    {
        public string Content { get; set; } = "";

        public int Id { get; set; }
    }

    internal sealed class TextEndpoint : Endpoint<TextRequest, string>
    {
        public override void Configure()
        {
            Post("/body/text/{id}");
            AllowAnonymous();
        }

        public override Task HandleAsync(TextRequest req, CancellationToken ct) => Send.StringAsync($"{req.Id}:{req.Content}", cancellation: ct);
    }
}
