using FluentValidation;
using Microsoft.Extensions.Options;
using Switchboard.Core.Social.Accounts;

namespace Switchboard.Edge.Api.Social.Accounts;

/// <summary>A protocol to make, or what to change of one.</summary>
internal abstract class WarmupProtocolRequest
{
    public string? Name { get; init; }

    /// <summary>For so many days so many posts a day, then the next step; after the last the account is active.</summary>
    public IReadOnlyList<WarmupStepRequest?>? Steps { get; init; }

    internal IReadOnlyList<WarmupStep> ToSteps() => [.. Steps!.Select(step => new WarmupStep(step!.Days!.Value, step.Cap!.Value))];
}

/// <summary>A step of a protocol.</summary>
internal sealed class WarmupStepRequest
{
    public int? Days { get; init; }

    public int? Cap { get; init; }
}

internal sealed class CreateWarmupProtocolRequest : WarmupProtocolRequest;

internal sealed class ChangeWarmupProtocolRequest : WarmupProtocolRequest;

internal sealed class CreateWarmupProtocolValidator : WarmupProtocolValidator<CreateWarmupProtocolRequest>
{
    public CreateWarmupProtocolValidator()
    {
        RuleFor(request => request.Name).NotEmpty();
        RuleFor(request => request.Steps).NotNull();
    }
}

internal sealed class ChangeWarmupProtocolValidator : WarmupProtocolValidator<ChangeWarmupProtocolRequest>
{
    public ChangeWarmupProtocolValidator() => RuleFor(request => request)
        .Must(request => request.Name is not null || request.Steps is not null)
        .OverridePropertyName("$")
        .WithMessage("It must say name or steps.");
}

internal abstract class WarmupProtocolValidator<TRequest> : Validator<TRequest>
    where TRequest : WarmupProtocolRequest
{
    private const int MaxSteps = 20;
    private const int MaxDays = 90;

    protected WarmupProtocolValidator()
    {
        RuleFor(request => request.Name).Visible().Text(SocialAccountRules.MaxName).When(request => request.Name is not null);
        RuleFor(request => request.Steps).Custom((steps, context) =>
        {
            if (steps is null)
                return;
            if (steps.Count is 0 or > MaxSteps)
                context.AddFailure($"It must have 1 to {MaxSteps} steps.");
            else if (steps.Any(step => step?.Days is not (>= 1 and <= MaxDays) || step.Cap is not (>= 1 and <= SocialAccountRules.MaxCap)))
                context.AddFailure($"Each step has days from 1 to {MaxDays} and a cap from 1 to {SocialAccountRules.MaxCap}.");
            else if (steps.Zip(steps.Skip(1)).Any(pair => pair.First!.Cap > pair.Second!.Cap))
                context.AddFailure("The caps must not fall: a warm-up lets more and more pass.");
        });
    }
}

/// <summary><c>POST /api/warmup-protocols</c>: what new accounts follow; the one named <c>default</c> those that name no other.</summary>
internal sealed class CreateWarmupProtocol(
    CreatingTransactions transactions, WarmupStore protocols, IOptions<SocialAccountOptions> options, TimeProvider timeProvider)
    : Endpoint<CreateWarmupProtocolRequest, Results<Created<WarmupProtocolResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/warmup-protocols");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Warm-up protocols", "Make a warm-up protocol")
            .Example("""{"name": "default", "steps": [{"days": 3, "cap": 2}, {"days": 7, "cap": 5}]}""")
            .Produces<WarmupProtocolResponse>(201).Refuses(400, 401, 403, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Created<WarmupProtocolResponse>, ProblemHttpResult>> ExecuteAsync(
        CreateWarmupProtocolRequest request, CancellationToken ct)
    {
        var userId = HttpContext.Caller().UserId;
        var now = timeProvider.GetUtcNow().ToStorable();
        var protocol = new WarmupProtocolResponse(Guid.CreateVersion7(now), request.Name!.Trim(), request.ToSteps(), 0, now, now);
        var creation = await transactions.RunAsync(HttpContext, request, async transaction =>
        {
            var atMost = options.Value.MaxProtocolsPerUser;
            return await protocols.Rows.CountAsync(transaction, userId, atMost, ct) >= atMost
                ? Creation<WarmupProtocolResponse>.Refused(Problems.Conflict($"A user has at most {atMost} warm-up protocols."))
                : await WarmupStore.InsertAsync(transaction, userId, protocol, ct)
                    ? Creation<WarmupProtocolResponse>.Made(protocol)
                    : Creation<WarmupProtocolResponse>.Refused(Problems.Conflict($"There is a warm-up protocol {protocol.Name}."));
        }, ct);
        return creation.Refusal is { } refusal
            ? refusal
            : TypedResults.Created($"/api/warmup-protocols/{creation.Answer!.Id}", creation.Answer);
    }
}

/// <summary><c>PATCH /api/warmup-protocols/{id}</c>: accounts that follow it are at the same day of the new steps.</summary>
internal sealed class ChangeWarmupProtocol(
    NpgsqlDataSource dataSource, WarmupStore store, SocialAccountCache cache, TimeProvider timeProvider)
    : Endpoint<ChangeWarmupProtocolRequest, Results<Ok<WarmupProtocolResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Patch("/api/warmup-protocols/{id:guid}");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Warm-up protocols", "Change a warm-up protocol, for the accounts that follow it too")
            .Example("""{"steps": [{"days": 7, "cap": 3}]}""")
            .Produces<WarmupProtocolResponse>().Refuses(400, 401, 403, 404, 409, 413, 415, 429, 503));
    }

    public override async Task<Results<Ok<WarmupProtocolResponse>, ProblemHttpResult>> ExecuteAsync(
        ChangeWarmupProtocolRequest request, CancellationToken ct)
    {
        var (userId, id) = (HttpContext.Caller().UserId, Route<Guid>("id"));
        if (await store.Rows.FindAsync(userId, id, ct) is null)
            return Problems.NotFound("protocol", id);
        await using (var connection = await dataSource.OpenConnectionAsync(ct))
        {
            await using var transaction = await connection.BeginTransactionAsync(ct);
            var steps = request.Steps is null ? null : request.ToSteps();
            if (!await WarmupStore.ChangeAsync(transaction, userId, id, request.Name?.Trim(), steps, timeProvider.GetUtcNow(), ct))
                return Problems.Conflict($"There is a warm-up protocol {request.Name?.Trim()}.");
            await transaction.CommitAsync(ct);
        }

        await cache.ForgetAsync(userId, CancellationToken.None);
        return await store.Rows.FindAsync(userId, id, ct) is { } changed
            ? TypedResults.Ok(changed)
            : Problems.NotFound("protocol", id);
    }
}

internal sealed class ListWarmupProtocolsRequest : NumberedPageRequest;

internal sealed class ListWarmupProtocolsValidator() : NumberedPageValidator<ListWarmupProtocolsRequest>(ListWarmupProtocols.Name);

/// <summary><c>GET /api/warmup-protocols</c>: the user's protocols, newest first.</summary>
internal sealed class ListWarmupProtocols(WarmupStore store)
    : NumberedListEndpoint<ListWarmupProtocolsRequest, WarmupProtocolResponse>(Name)
{
    public const string Name = "warmup-protocols";

    public override void Configure() =>
        List("/api/warmup-protocols", Scope.Social, "Warm-up protocols", "List warm-up protocols, newest first");

    protected override Task<List<WarmupProtocolResponse>> ReadAsync(
        ListWarmupProtocolsRequest request, Cursor? after, int skip, int take, CancellationToken cancellationToken) =>
        store.Rows.ListAsync(HttpContext.Caller().UserId, after?.Id, skip, take, cancellationToken);

    protected override Task<int> CountAsync(ListWarmupProtocolsRequest request, int atMost, CancellationToken cancellationToken) =>
        store.Rows.CountAsync(HttpContext.Caller().UserId, atMost, cancellationToken);

    protected override Cursor CursorOf(WarmupProtocolResponse item) => new(item.CreatedAt, item.Id);
}

/// <summary><c>GET /api/warmup-protocols/{id}</c>.</summary>
internal sealed class GetWarmupProtocol(WarmupStore store) : GetByIdEndpoint<WarmupProtocolResponse>("protocol")
{
    public override void Configure() =>
        Read("/api/warmup-protocols/{id:guid}", Scope.Social, "Warm-up protocols", "Read a warm-up protocol");

    protected override Task<WarmupProtocolResponse?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        store.Rows.FindAsync(userId, id, cancellationToken);
}

/// <summary><c>DELETE /api/warmup-protocols/{id}</c>: one that no account follows any more.</summary>
internal sealed class DeleteWarmupProtocol(
    NpgsqlDataSource dataSource, WarmupStore store, SocialAccountCache cache, TimeProvider timeProvider)
    : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    public override void Configure()
    {
        Delete("/api/warmup-protocols/{id:guid}");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Warm-up protocols", "Delete a warm-up protocol that no account follows any more")
            .Produces(204).Refuses(401, 403, 404, 409, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var (userId, id) = (HttpContext.Caller().UserId, Route<Guid>("id"));
        await using (var connection = await dataSource.OpenConnectionAsync(ct))
        {
            await using var transaction = await connection.BeginTransactionAsync(ct);
            if (await store.DeleteAsync(transaction, userId, id, timeProvider.GetUtcNow(), ct) is not { } following)
                return Problems.NotFound("protocol", id);
            if (following > 0)
                return Problems.Conflict(
                    $"{following} accounts follow it, and would publish without its caps. Give them another one, or none, first.");
            await transaction.CommitAsync(ct);
        }

        await cache.ForgetAsync(userId, CancellationToken.None);
        return TypedResults.NoContent();
    }
}
