namespace Switchboard.Polyfills.FastEndpoints.Tests;

public sealed partial class BindingTests(TestApp app)
{
    [Fact]
    public async Task Values_come_from_body_route_query_and_headers_and_a_later_source_wins()
    {
        var (status, body) = await app.Client.SendAsync(
            "POST", "/api/binding/7/everything?name=query&page=3", """{"name":"body","id":1,"note":"kept"}""", headers: [("X-Tenant", "acme")]);

        status.ShouldBe(200);
        body.ShouldBe("""{"id":7,"name":"query","note":"kept","page":3,"tenant":"acme"}""");
    }

    [Fact]
    public async Task Lists_come_from_repeated_keys_comma_lists_and_json()
    {
        const string Expected = """{"numbers":[1,2,3],"names":["a"],"ids":null}""";
        (await app.Client.GetTextAsync("/api/binding/lists?numbers=1&numbers=2&numbers=3&names=a")).Body.ShouldBe(Expected);
        (await app.Client.GetTextAsync("/api/binding/lists?numbers=1,2,3&names=a")).Body.ShouldBe(Expected);
        (await app.Client.GetTextAsync("/api/binding/lists?numbers=[1,2,3]&names=[\"a\"]")).Body.ShouldBe(Expected);
    }

    [Fact]
    public async Task Each_scalar_type_is_read_from_text()
    {
        var (status, body) = await app.Client.GetTextAsync(
            "/api/binding/scalars?guid=00000000-0000-0000-0000-000000000001&at=2026-01-02T03:04:05Z&flag=true&ratio=1.5&price=2.25&color=BLUE&count=9&uri=https://a.test/b&span=00:00:05&day=2026-01-02");

        status.ShouldBe(200);
        body.ShouldBe("""{"guid":"00000000-0000-0000-0000-000000000001","at":"2026-01-02T03:04:05+00:00","flag":true,"ratio":1.5,"price":2.25,"color":"blue","count":9,"uri":"https://a.test/b","span":"00:00:05","day":"2026-01-02"}""");
    }

    [Fact]
    public async Task An_unreadable_value_is_refused_by_the_name_it_came_under()
    {
        var (status, body) = await app.Client.GetTextAsync("/api/binding/scalars?Guid=x&count=many&color=9&flag=maybe&at=then");

        status.ShouldBe(400);
        body.Errors().ShouldBe(
        [
            "guid: Value [x] is not valid for a [Guid] property!",
            "count: Value [many] is not valid for a [Int32] property!",
            "color: Value [9] is not valid for a [Color] property!",
            "flag: Value [maybe] is not valid for a [Boolean] property!",
            "at: Value [then] is not valid for a [DateTimeOffset] property!",
        ]);
    }

    [Fact]
    public async Task An_unreadable_element_of_a_list_is_refused_by_the_lists_name()
    {
        var (status, body) = await app.Client.GetTextAsync("/api/binding/lists?ids=nope&numbers=1");

        status.ShouldBe(400);
        body.Errors().ShouldBe(["ids: Value [nope] is not valid for a [Guid[]] property!"]);
    }

    [Fact]
    public async Task An_empty_value_is_the_default_of_a_nullable_property_and_an_error_of_another()
    {
        (await app.Client.GetTextAsync("/api/binding/nullable?limit=")).Body.ShouldBe("""{"limit":0,"size":0}""");
        (await app.Client.GetTextAsync("/api/binding/nullable")).Body.ShouldBe("""{"limit":null,"size":0}""");
        (await app.Client.GetTextAsync("/api/binding/nullable?size=")).Body.Errors().ShouldBe(["size: Value [] is not valid for a [Int32] property!"]);
    }

    [Fact]
    public async Task Attributes_close_the_other_sources_and_rename()
    {
        var (status, body) = await app.Client.SendAsync("POST", "/api/binding/route-one/attributes?FromRoute=query-one&from-query=q&only=x", "{}");

        status.ShouldBe(200);
        body.ShouldBe("""{"fromRoute":"route-one","fromQuery":"q"}""");
    }

    [Fact]
    public async Task A_required_query_parameter_header_or_claim_that_is_missing_is_refused()
    {
        var (status, body) = await app.Client.GetTextAsync("/api/binding/required", ("X-Claims", "name=ann"));

        status.ShouldBe(400);
        body.Errors().ShouldBe(
        [
            "sub: User doesn't have this claim type!",
            "x-Key: This header is missing from the request!",
            "token: A value is required!",
        ]);
    }

    [Fact]
    public async Task Claims_and_headers_are_read_as_the_propertys_type()
    {
        var (status, body) = await app.Client.GetTextAsync("/api/binding/required?token=t", ("X-Claims", "sub=42"), ("X-Key", "17"));

        status.ShouldBe(200);
        body.ShouldBe("""{"sub":42,"key":17,"token":"t","optional":null}""");
        (await app.Client.GetTextAsync("/api/binding/required?token=t", ("X-Claims", "sub=x"), ("X-Key", "y"))).Body.Errors().ShouldBe(
        [
            "sub: Unable to bind claim value [x] to a [Int32] property!",
            "x-Key: Unable to bind header value [y] to a [Int32] property!",
        ]);
    }

    [Fact]
    public async Task A_positional_record_binds_without_a_body_and_with_one()
    {
        (await app.Client.GetTextAsync("/api/binding/positional/5?text=hi")).Body.ShouldBe("""{"id":5,"text":"hi","limit":20}""");
        (await app.Client.SendAsync("POST", "/api/binding/positional/5", """{"text":"yo","limit":3}""")).Body.ShouldBe("""{"id":5,"text":"yo","limit":3}""");
    }

    [Fact]
    public async Task Form_fields_bind_by_name()
    {
        var (status, body) = await app.Client.SendAsync("POST", "/api/binding/form", "From=%2B15550100&Body=Hello+you&NumMedia=2&unknown=1", "application/x-www-form-urlencoded");

        status.ShouldBe(200);
        body.ShouldBe("""{"from":"+15550100","body":"Hello you","numMedia":2}""");
    }

    [Fact]
    public async Task Route_and_query_can_be_read_by_the_handler()
    {
        (await app.Client.GetTextAsync("/api/binding/read/5?limit=7&color=red")).Body.ShouldBe("5 7 Red");
        (await app.Client.GetTextAsync("/api/binding/read/5")).Body.ShouldBe("5 0 Red");
        (await app.Client.GetTextAsync("/api/binding/read/five")).Body.Errors().ShouldBe(["id: Unable to read value of route parameter!"]);
        (await app.Client.GetTextAsync("/api/binding/read-required")).Body.Errors().ShouldBe(["cursor: Query parameter was not found!"]);
        (await app.Client.GetTextAsync("/api/binding/read-required?cursor=x")).Body.Errors().ShouldBe(["cursor: Unable to read value of query parameter!"]);
    }
}
