using System.Text.Json.Nodes;
using FastEndpoints;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Switchboard.Polyfills.FastEndpoints.Tests;

public sealed class DescriptionTests(TestApp app)
{
    [Fact]
    public void An_endpoint_is_described_by_what_it_takes_and_answers()
    {
        var metadata = app.RouteOf<DescribedEndpoint>().Metadata;

        metadata.GetMetadata<IAcceptsMetadata>()!.ContentTypes.ShouldBe(["application/json"]);
        metadata.GetMetadata<IAcceptsMetadata>()!.RequestType.ShouldBe(typeof(DescribedRequest));
        Produces(metadata).ShouldBe(
            ["200 DescribedResponse application/json", "400 ProblemDetails application/problem+json", "401 Void ", "403 Void "]);
        metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName.ShouldBe(
            "SwitchboardPolyfillsFastEndpointsTestsDescriptionTests+DescribedEndpoint");
        metadata.GetMetadata<EndpointDefinition>()!.EndpointSummary!.Summary.ShouldBe("described");
        metadata.GetMetadata<EndpointDefinition>()!.EndpointSummary!.Params.ShouldContainKeyAndValue("Name", "its name");
        metadata.GetMetadata<string>().ShouldBe("own metadata");
    }

    [Fact]
    public void A_union_describes_what_its_results_answer()
        => Produces(app.RouteOf<UnionEndpoint>().Metadata).ShouldBe(["200 DescribedResponse application/json", "404 Void ", "409 HttpValidationProblemDetails application/problem+json"]);

    [Fact]
    public void Own_descriptions_replace_the_default_of_the_same_status()
        => Produces(app.RouteOf<OwnEndpoint>().Metadata).ShouldBe(["202 DescribedResponse application/json", "400 ErrorResponse application/problem+json"]);

    [Fact]
    public void Descriptions_can_be_cleared()
        => Produces(app.RouteOf<ClearedEndpoint>().Metadata).ShouldBe(["200 String text/plain"]);

    [Theory]
    [InlineData(typeof(NoBodyEndpoint), "*/*")]
    [InlineData(typeof(ReadingEndpoint), "*/*,application/json")]
    [InlineData(typeof(TextEndpoint), "text/plain,application/json")]
    public void What_is_accepted_follows_from_the_request(Type endpoint, string contentTypes)
    {
        var route = (Endpoint)typeof(TestApp).GetMethod(nameof(TestApp.RouteOf))!.MakeGenericMethod(endpoint).Invoke(app, null)!;

        string.Join(',', route.Metadata.GetMetadata<IAcceptsMetadata>()!.ContentTypes).ShouldBe(contentTypes);
    }

    [Fact]
    public async Task The_openapi_document_has_operations_with_body_and_answers()
    {
        var (status, body) = await app.Client.GetTextAsync("/openapi/v1.json");

        status.ShouldBe(200);
        var operation = JsonNode.Parse(body)!["paths"]!["/api/descriptions/{id}"]!["post"]!;
        operation["operationId"]!.ToString().ShouldEndWith("DescribedEndpoint");
        operation["summary"]!.ToString().ShouldBe("short");
        operation["tags"]![0]!.ToString().ShouldBe("described");
        operation["requestBody"]!["content"]!["application/json"]!["schema"]!["$ref"]!.ToString().ShouldBe("#/components/schemas/DescribedRequest");
        // not the 400: ASP.NET leaves out bodies that are results themselves, as ErrorResponse and ProblemDetails are
        operation["responses"]!.AsObject().Select(r => r.Key).Order().ShouldBe(["200", "401", "403"]);
    }

    private static string[] Produces(EndpointMetadataCollection metadata)
        => [.. metadata.OfType<IProducesResponseTypeMetadata>().Select(p => $"{p.StatusCode} {p.Type?.Name ?? "Void"} {string.Join(',', p.ContentTypes)}").Order(StringComparer.Ordinal)];

    internal sealed record DescribedRequest(int Id, string? Name);

    internal sealed record DescribedResponse(string Name);

    internal sealed class DescribedValidator : Validator<DescribedRequest>
    {
        public DescribedValidator() => RuleFor(r => r.Name).NotEmpty();
    }

    internal sealed class DescribedEndpoint : Endpoint<DescribedRequest, DescribedResponse>
    {
        public override void Configure()
        {
            Post("/descriptions/{id}");
            Claims("described");
            Summary(s =>
            {
                s.Summary = "described";
                s.RequestParam(r => r.Name, "its name");
                s[200] = "fine";
            });
            Description(b => b.WithSummary("short").WithTags("described"));
            Metadata("own metadata");
        }

        public override Task HandleAsync(DescribedRequest req, CancellationToken ct) => Send.OkAsync(new("x"), ct);
    }

    internal sealed class UnionEndpoint : EndpointWithoutRequest<Results<Ok<DescribedResponse>, NotFound, Conflict409>>
    {
        public override void Configure()
        {
            Get("/descriptions/union");
            AllowAnonymous();
        }

        public override Task<Results<Ok<DescribedResponse>, NotFound, Conflict409>> ExecuteAsync(CancellationToken ct)
            => Task.FromResult<Results<Ok<DescribedResponse>, NotFound, Conflict409>>(TypedResults.NotFound());
    }

    internal sealed class Conflict409 : IResult, IEndpointMetadataProvider
    {
        public static void PopulateMetadata(System.Reflection.MethodInfo method, EndpointBuilder builder)
            => builder.Metadata.Add(new ProducesResponseTypeMetadata(409, typeof(HttpValidationProblemDetails), ["application/problem+json"]));

        public Task ExecuteAsync(HttpContext httpContext) => Task.CompletedTask;
    }

    internal sealed class OwnEndpoint : Endpoint<DescribedRequest, DescribedResponse>
    {
        public override void Configure()
        {
            Post("/descriptions/own");
            AllowAnonymous();
            Description(b => b.Produces<DescribedResponse>(202).ProducesProblemFE());
        }

        public override Task HandleAsync(DescribedRequest req, CancellationToken ct) => Send.OkAsync(new("x"), ct);
    }

    internal sealed class ClearedEndpoint : Endpoint<DescribedRequest, DescribedResponse>
    {
        public override void Configure()
        {
            Post("/descriptions/cleared");
            Description(b => b.Produces<string>(200, "text/plain"), clearDefaults: true);
        }

        public override Task HandleAsync(DescribedRequest req, CancellationToken ct) => Send.OkAsync(new("x"), ct);
    }

    internal sealed record NoBodyRequest(int Id)
    {
        [QueryParam]
        public string? Text { get; init; }
    }

    internal sealed class NoBodyEndpoint : Endpoint<NoBodyRequest>
    {
        public override void Configure() => Post("/descriptions/no-body/{id:min(1)}");

        public override Task HandleAsync(NoBodyRequest req, CancellationToken ct) => Task.CompletedTask;
    }

    internal sealed class ReadingEndpoint : Endpoint<DescribedRequest>
    {
        public override void Configure() => Get("/descriptions/reading");

        public override Task HandleAsync(DescribedRequest req, CancellationToken ct) => Task.CompletedTask;
    }

    internal sealed class TextEndpoint : Endpoint<PlainTextRequest>
    {
        public override void Configure() => Post("/descriptions/text");

        public override Task HandleAsync(PlainTextRequest req, CancellationToken ct) => Task.CompletedTask;
    }
}
