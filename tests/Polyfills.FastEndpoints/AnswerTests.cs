using FastEndpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Switchboard.Polyfills.FastEndpoints.Tests;

public sealed class AnswerTests(TestApp app)
{
    [Theory]
    [InlineData("ok", 200, """{"name":"a"}""", "application/json; charset=utf-8")]
    [InlineData("ok-empty", 200, "", null)]
    [InlineData("response", 418, """{"name":"a"}""", "application/json; charset=utf-8")]
    [InlineData("property", 200, """{"name":"set"}""", "application/json; charset=utf-8")]
    [InlineData("nothing", 204, "", null)]
    [InlineData("no-content", 204, "", null)]
    [InlineData("not-found", 404, "", null)]
    [InlineData("forbidden", 403, "", null)]
    [InlineData("unauthorized", 401, "", null)]
    [InlineData("status", 429, "", null)]
    [InlineData("string", 202, "<Response/>", "text/xml")]
    [InlineData("bytes", 200, "abc", "image/png")]
    [InlineData("empty", 200, "{}", "application/json; charset=utf-8")]
    [InlineData("result", 409, "\"gone\"", "application/json; charset=utf-8")]
    public async Task Each_way_to_answer_has_its_status_body_and_type(string how, int status, string body, string? contentType)
    {
        using var response = await app.Client.GetAsync(new Uri($"/api/answers/{how}", UriKind.Relative), TestContext.Current.CancellationToken);

        ((int)response.StatusCode).ShouldBe(status);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe(body);
        response.Content.Headers.ContentType?.ToString().ShouldBe(contentType);
    }

    [Theory]
    [InlineData("created", 201, "/api/answers/located/7")]
    [InlineData("accepted", 202, "http://localhost/api/answers/located/7")]
    public async Task Created_and_accepted_say_where(string how, int status, string location)
    {
        using var response = await app.Client.GetAsync(new Uri($"/api/answers/{how}", UriKind.Relative), TestContext.Current.CancellationToken);

        ((int)response.StatusCode).ShouldBe(status);
        response.Headers.Location!.OriginalString.ShouldBe(location);
    }

    [Theory]
    [InlineData(1, 200, """{"name":"one"}""")]
    [InlineData(2, 404, "")]
    [InlineData(3, 202, """{"name":"three"}""")]
    [InlineData(4, 409, """{"type":"urn:conflict","title":"Conflict","status":409}""")]
    public async Task A_union_of_results_is_executed(int id, int status, string body)
        => (await app.Client.GetTextAsync($"/api/answers/union/{id}")).ShouldBe((status, body));

    [Fact]
    public async Task An_exception_leaves_to_the_middleware()
    {
        using var response = await app.Client.GetAsync(new Uri("/api/answers/throw", UriKind.Relative), TestContext.Current.CancellationToken);

        ((int)response.StatusCode).ShouldBe(500);
        response.Headers.GetValues("X-Handled-By").ShouldBe(["middleware"]);
    }

    [Fact]
    public async Task The_handler_sees_the_caller_leave()
    {
        using var stop = new CancellationTokenSource();
        var request = app.Client.GetAsync(new Uri("/api/answers/wait", UriKind.Relative), stop.Token);
        await WaitEndpoint.Entered.Task;

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(request);
        await WaitEndpoint.Left.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Unknown_routes_are_404_and_wrong_verbs_405()
    {
        (await app.Client.GetTextAsync("/api/answers-not-there")).Status.ShouldBe(404);
        (await app.Client.GetTextAsync("/answers/ok")).Status.ShouldBe(404);
        (await app.Client.SendAsync("DELETE", "/api/answers/ok")).Status.ShouldBe(405);
    }

    [Fact]
    public async Task Ok_with_a_token_alone_has_no_body_where_the_response_is_any_object()
        => (await app.Client.GetTextAsync("/api/answers/located/1")).ShouldBe((200, ""));

    internal sealed record Item(string Name);

    internal sealed class ManyEndpoint : EndpointWithoutRequest<Item>
    {
        public override void Configure()
        {
            Get("/answers/{how}");
            AllowAnonymous();
        }

        public override Task HandleAsync(CancellationToken ct) => Route<string>("how") switch
        {
            "ok" => Send.OkAsync(new("a"), ct),
            "ok-empty" => Send.OkAsync(ct),
            "response" => Send.ResponseAsync(new("a"), 418, ct),
            "property" => SetAsync(),
            "no-content" => Send.NoContentAsync(ct),
            "not-found" => Send.NotFoundAsync(ct),
            "forbidden" => Send.ForbiddenAsync(ct),
            "unauthorized" => Send.UnauthorizedAsync(ct),
            "status" => Send.StatusCodeAsync(429, ct),
            "string" => Send.StringAsync("<Response/>", 202, "text/xml", ct),
            "bytes" => Send.BytesAsync("abc"u8.ToArray(), contentType: "image/png", cancellation: ct),
            "empty" => Send.EmptyJsonObject(ct),
            "result" => Send.ResultAsync(TypedResults.Conflict("gone")),
            "created" => Send.CreatedAtAsync<LocatedEndpoint>(new { id = 7 }, new("a"), cancellation: ct),
            "accepted" => Send.AcceptedAtAsync<LocatedEndpoint>(new { id = 7 }, generateAbsoluteUrl: true, cancellation: ct),
            "throw" => throw new InvalidTimeZoneException("broken"),
            _ => Task.CompletedTask,
        };

        private Task SetAsync()
        {
            Response = new("set");
            return Task.CompletedTask;
        }
    }

    internal sealed class LocatedEndpoint : EndpointWithoutRequest
    {
        public override void Configure()
        {
            Get("/answers/located/{id}");
            AllowAnonymous();
        }

        // CA2016 takes the token for the response, as the compiler does: the sender tells them apart
#pragma warning disable CA2016
        public override Task HandleAsync(CancellationToken ct) => Send.OkAsync(ct);
#pragma warning restore CA2016
    }

    internal sealed record UnionRequest(int Id);

    internal sealed class UnionEndpoint : Endpoint<UnionRequest, Results<Ok<Item>, NotFound, Accepted<Item>, ProblemHttpResult>>
    {
        public override void Configure()
        {
            Get("/answers/union/{id}");
            AllowAnonymous();
        }

        public override async Task<Results<Ok<Item>, NotFound, Accepted<Item>, ProblemHttpResult>> ExecuteAsync(UnionRequest req, CancellationToken ct)
        {
            await Task.Yield();
            return req.Id switch
            {
                1 => TypedResults.Ok(new Item("one")),
                2 => TypedResults.NotFound(),
                3 => TypedResults.Accepted("/somewhere", new Item("three")),
                _ => TypedResults.Problem(type: "urn:conflict", statusCode: StatusCodes.Status409Conflict),
            };
        }
    }

    internal sealed class WaitEndpoint : EndpointWithoutRequest
    {
        public static TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public static TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override void Configure()
        {
            Get("/answers/wait");
            AllowAnonymous();
        }

        public override async Task HandleAsync(CancellationToken ct)
        {
            Entered.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, ct);
            }
            finally
            {
                Left.SetResult();
            }
        }
    }
}
