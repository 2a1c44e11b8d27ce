using FastEndpoints;

namespace Switchboard.Polyfills.FastEndpoints.Tests;

// the endpoints that the tests call
public sealed partial class BindingTests
{
    internal enum Color
    {
        Red,
        Blue,
    }

    internal sealed class EverythingRequest
    {
        public int Id { get; set; }

        public required string Name { get; init; }

        public string? Note { get; set; }

        [QueryParam]
        public int Page { get; set; }

        [FromHeader("X-Tenant")]
        public required string Tenant { get; set; }
    }

    internal sealed class EverythingEndpoint : Endpoint<EverythingRequest, EverythingRequest>
    {
        public override void Configure()
        {
            Post("/binding/{id}/everything");
            AllowAnonymous();
        }

        public override Task HandleAsync(EverythingRequest req, CancellationToken ct) => Send.OkAsync(req, ct);
    }

    internal sealed record ListsRequest
    {
        public List<int>? Numbers { get; init; }

        public string[]? Names { get; init; }

        public Guid[]? Ids { get; init; }
    }

    internal sealed class ListsEndpoint : Endpoint<ListsRequest, ListsRequest>
    {
        public override void Configure()
        {
            Get("binding/lists");
            AllowAnonymous();
        }

        public override Task<ListsRequest> ExecuteAsync(ListsRequest req, CancellationToken ct) => Task.FromResult(req);
    }

    internal sealed record ScalarsRequest
    {
        public Guid Guid { get; init; }

        public DateTimeOffset? At { get; init; }

        public bool Flag { get; init; }

        public double Ratio { get; init; }

        public decimal Price { get; init; }

        public Color Color { get; init; }

        public int Count { get; init; }

        public Uri? Uri { get; init; }

        public TimeSpan Span { get; init; }

        public DateOnly Day { get; init; }
    }

    internal sealed class ScalarsEndpoint : Endpoint<ScalarsRequest, ScalarsRequest>
    {
        public override void Configure()
        {
            Get("/binding/scalars");
            AllowAnonymous();
        }

        public override Task<ScalarsRequest> ExecuteAsync(ScalarsRequest req, CancellationToken ct) => Task.FromResult(req);
    }

    internal sealed record NullableRequest
    {
        public int? Limit { get; init; }

        public int Size { get; init; }
    }

    internal sealed class NullableEndpoint : Endpoint<NullableRequest, NullableRequest>
    {
        public override void Configure()
        {
            Get("/binding/nullable");
            AllowAnonymous();
        }

        public override Task<NullableRequest> ExecuteAsync(NullableRequest req, CancellationToken ct) => Task.FromResult(req);
    }

    internal sealed record AttributesRequest
    {
        [RouteParam]
        public string? FromRoute { get; init; }

        [QueryParam, BindFrom("from-query")]
        public string? FromQuery { get; init; }
    }

    internal sealed class AttributesEndpoint : Endpoint<AttributesRequest, AttributesRequest>
    {
        public override void Configure()
        {
            Post("/binding/{fromRoute}/attributes");
            AllowAnonymous();
        }

        public override Task<AttributesRequest> ExecuteAsync(AttributesRequest req, CancellationToken ct) => Task.FromResult(req);
    }

    internal sealed record RequiredRequest
    {
        [FromClaim("sub")]
        public int Sub { get; init; }

        [FromHeader("X-Key")]
        public int Key { get; init; }

        [QueryParam(IsRequired = true)]
        public string? Token { get; init; }

        [FromHeader(false)]
        public string? Optional { get; init; }
    }

    internal sealed class RequiredEndpoint : Endpoint<RequiredRequest, RequiredRequest>
    {
        public override void Configure() => Get("/binding/required");

        public override Task<RequiredRequest> ExecuteAsync(RequiredRequest req, CancellationToken ct) => Task.FromResult(req);
    }

    internal sealed record PositionalRequest(int Id, string Text, int Limit = 20);

    internal sealed class PositionalEndpoint : Endpoint<PositionalRequest, PositionalRequest>
    {
        public override void Configure()
        {
            Verbs(Http.GET, Http.POST);
            Routes("/binding/positional/{id}");
            AllowAnonymous();
        }

        public override Task<PositionalRequest> ExecuteAsync(PositionalRequest req, CancellationToken ct) => Task.FromResult(req);
    }

    internal sealed record FormRequest
    {
        public string? From { get; init; }

        public string? Body { get; init; }

        public int NumMedia { get; init; }
    }

    internal sealed class FormEndpoint : Endpoint<FormRequest, FormRequest>
    {
        public override void Configure()
        {
            Post("/binding/form");
            AllowFormData(urlEncoded: true);
            AllowAnonymous();
        }

        public override Task<FormRequest> ExecuteAsync(FormRequest req, CancellationToken ct) => Task.FromResult(req);
    }

    internal sealed class ReadEndpoint : EndpointWithoutRequest
    {
        public override void Configure()
        {
            Get("/binding/read/{id}");
            AllowAnonymous();
        }

        public override Task HandleAsync(CancellationToken ct)
            => Send.StringAsync($"{Route<int>("id")} {Query<int>("limit", isRequired: false)} {Query<Color?>("color", isRequired: false) ?? Color.Red}", cancellation: ct);
    }

    internal sealed class ReadRequiredEndpoint : EndpointWithoutRequest
    {
        public override void Configure()
        {
            Get("/binding/read-required");
            AllowAnonymous();
        }

        public override Task HandleAsync(CancellationToken ct) => Send.StringAsync($"{Query<long>("cursor")}", cancellation: ct);
    }
}
