using System.Text.Json.Nodes;
using FastEndpoints;
using FluentValidation;

namespace Switchboard.Polyfills.FastEndpoints.Tests;

public sealed class ValidationTests(TestApp app)
{
    [Fact]
    public async Task Every_failing_field_is_named_at_once_in_the_names_of_the_json()
    {
        var (status, body) = await app.Client.PostTextAsync("/api/validation", """{"fullName":"","address":{"city":""},"lines":[{"amount":0},{"amount":-1}]}""");

        status.ShouldBe(400);
        body.Errors().ShouldBe(
        [
            "fullName: needed",
            "address.City: needed",
            "lines[0].amount: positive",
            "lines[1].amount: positive",
        ]);
    }

    [Fact]
    public async Task The_problem_has_type_title_status_instance_trace_id_and_codes()
    {
        var (_, body) = await app.Client.PostTextAsync("/api/validation", """{"fullName":"","address":{"city":"Rome"},"lines":[]}""");

        var problem = JsonNode.Parse(body)!.AsObject();
        problem.Select(p => p.Key).ShouldBe(["type", "title", "status", "instance", "traceId", "detail", "errors"]);
        problem["type"]!.ToString().ShouldBe("https://www.rfc-editor.org/rfc/rfc7231#section-6.5.1");
        problem["title"]!.ToString().ShouldBe("Bad Request");
        problem["instance"]!.ToString().ShouldBe("/api/validation");
        problem["detail"]!.ToString().ShouldBe("needed");
        problem["errors"]![0]!.ToJsonString().ShouldBe("""{"name":"fullName","reason":"needed","code":"NotEmptyValidator"}""");
    }

    [Fact]
    public async Task The_problem_is_sent_as_problem_json()
    {
        using var content = new StringContent("{}", null, "application/json");
        using var response = await app.Client.PostAsync(new Uri("/api/validation", UriKind.Relative), content, TestContext.Current.CancellationToken);

        response.Content.Headers.ContentType!.ToString().ShouldBe("application/problem+json; charset=utf-8");
    }

    [Fact]
    public async Task A_valid_request_is_handled()
        => (await app.Client.PostTextAsync("/api/validation", """{"fullName":"A","address":{"city":"Rome"},"lines":[]}""")).Status.ShouldBe(204);

    [Fact]
    public async Task A_handler_can_see_the_failures_itself()
        => (await app.Client.PostTextAsync("/api/validation/seen", """{"fullName":""}""")).Body.ShouldBe("True 3");

    [Fact]
    public async Task A_handler_adds_errors_and_throws_them_together_or_with_a_status()
    {
        (await app.Client.PostTextAsync("/api/validation/handler/add", "{}")).ShouldSatisfyAllConditions(
            r => r.Status.ShouldBe(400),
            r => r.Body.Errors().ShouldBe(["generalErrors: general", "lines[1].Amount: property", "own: failure"]));
        (await app.Client.PostTextAsync("/api/validation/handler/throw", "{}")).ShouldSatisfyAllConditions(
            r => r.Status.ShouldBe(409),
            r => r.Body.Errors().ShouldBe(["generalErrors: conflict"]));
        (await app.Client.PostTextAsync("/api/validation/handler/property", "{}")).ShouldSatisfyAllConditions(
            r => r.Status.ShouldBe(422),
            r => r.Body.Errors().ShouldBe(["fullName: taken"]));
        (await app.Client.PostTextAsync("/api/validation/handler/none", "{}")).Status.ShouldBe(204);
    }

    [Fact]
    public void The_default_error_response_groups_reasons_by_name()
    {
        var response = new ErrorResponse([new("FullName", "a"), new("FullName", "b"), new("Other", "c")], 422);

        response.StatusCode.ShouldBe(422);
        response.Message.ShouldBe("One or more errors occurred!");
        response.Errors.Select(e => $"{e.Key}: {string.Join(',', e.Value)}").ShouldBe(["fullName: a,b", "other: c"]);
    }

    [Fact]
    public async Task A_validator_resolves_services_of_the_request()
        => (await app.Client.GetTextAsync("/api/validation/resolving?name=first")).Status.ShouldBe(204);

    internal sealed record Address(string? City);

    internal sealed record Line(int Amount);

    internal sealed record OrderRequest(string? FullName, Address? Address, IReadOnlyList<Line>? Lines);

    internal sealed class OrderValidator : Validator<OrderRequest>
    {
        public OrderValidator()
        {
            RuleFor(r => r.FullName).NotEmpty().WithMessage("needed");
            RuleFor(r => r.Address).NotNull();
            RuleFor(r => r.Address!.City).NotEmpty().WithMessage("needed").When(r => r.Address is not null);
            RuleFor(r => r.Lines).NotNull();
            RuleForEach(r => r.Lines).ChildRules(line => line.RuleFor(l => l.Amount).GreaterThan(0).WithMessage("positive"));
        }
    }

    internal sealed class OrderEndpoint : Endpoint<OrderRequest>
    {
        public override void Configure()
        {
            Post("/validation");
            AllowAnonymous();
        }

        public override Task HandleAsync(OrderRequest req, CancellationToken ct) => Send.NoContentAsync(ct);
    }

    internal sealed class SeenEndpoint : Endpoint<OrderRequest>
    {
        public override void Configure()
        {
            Post("/validation/seen");
            AllowAnonymous();
            DontThrowIfValidationFails();
        }

        public override Task HandleAsync(OrderRequest req, CancellationToken ct)
            => Send.StringAsync($"{ValidationFailed} {ValidationFailures.Count}", cancellation: ct);
    }

    internal sealed record HandlerRequest
    {
        public string? FullName { get; init; }

        public List<Line>? Lines { get; init; }

        [RouteParam]
        public string? How { get; init; }
    }

    internal sealed class HandlerEndpoint : Endpoint<HandlerRequest>
    {
        public override void Configure()
        {
            Post("/validation/handler/{how}");
            AllowAnonymous();
        }

        public override async Task HandleAsync(HandlerRequest req, CancellationToken ct)
        {
            switch (req.How)
            {
                case "add":
                    AddError("general");
                    AddError(r => r.Lines![1].Amount, "property");
                    AddError(new("Own", "failure"));
                    break;
                case "throw":
                    ThrowError("conflict", 409);
                    break;
                case "property":
                    ThrowError(r => r.FullName, "taken", 422);
                    break;
            }

            ThrowIfAnyErrors();
            await Send.NoContentAsync(ct);
        }
    }

    internal sealed record ResolvingRequest(string? Name);

    internal sealed class ResolvingValidator : Validator<ResolvingRequest>
    {
        public ResolvingValidator() => RuleFor(r => r.Name).Must(name => name == Resolve<Clock>().Name);
    }

    internal sealed class ResolvingEndpoint : Endpoint<ResolvingRequest>
    {
        public override void Configure()
        {
            Get("/validation/resolving");
            AllowAnonymous();
        }

        public override Task HandleAsync(ResolvingRequest req, CancellationToken ct) => Task.CompletedTask;
    }
}
