using FluentValidation;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Health;

namespace Switchboard.Edge.Api.Social.Health;

/// <summary>The health of an account.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Platform">Its platform.</param>
/// <param name="Handle">What people know it by.</param>
/// <param name="State">Its state.</param>
/// <param name="Score">0 to 100; null where none was computed yet.</param>
/// <param name="Band">good, fair or poor, which is at risk.</param>
/// <param name="Parts">What it is made of: each with its score, its weight and what it was computed of.</param>
/// <param name="ComputedAt">When.</param>
internal sealed record AccountHealth(
    Guid AccountId,
    string Platform,
    string Handle,
    string State,
    int? Score,
    string? Band,
    IReadOnlyDictionary<string, HealthPart>? Parts,
    DateTimeOffset? ComputedAt)
{
    /// <summary>Its latest changes; only of one account.</summary>
    public IReadOnlyList<HealthChange>? History { get; init; }
}

/// <summary>A score that an account came to.</summary>
internal sealed record HealthChange(DateTimeOffset At, int Score);

/// <summary>Several accounts together.</summary>
/// <param name="Accounts">How many have a score.</param>
/// <param name="Mean">The mean of their scores; null where there are none.</param>
/// <param name="Worst">The lowest.</param>
/// <param name="Distribution">How many are good, fair and poor.</param>
/// <param name="AtRisk">The poor ones, the worst first, at most 20.</param>
/// <param name="ComputedAt">When the latest was computed.</param>
internal sealed record SwarmHealth(
    long Accounts,
    decimal? Mean,
    int? Worst,
    IReadOnlyDictionary<string, long> Distribution,
    IReadOnlyList<AccountHealth> AtRisk,
    DateTimeOffset? ComputedAt);

/// <summary>Which accounts to list.</summary>
internal sealed class ListAccountHealthRequest : NumberedPageRequest
{
    /// <summary>Only those that are good, fair or poor.</summary>
    [QueryParam]
    public string? Band { get; set; }

    /// <summary>Only those of a platform.</summary>
    [QueryParam]
    public string? Platform { get; set; }

    /// <summary>Only those in a group.</summary>
    [QueryParam]
    public Guid? GroupId { get; set; }

    public HealthFilter Filter() => new(Band, Platform, GroupId);
}

internal sealed class ListAccountHealthValidator : NumberedPageValidator<ListAccountHealthRequest>
{
    public ListAccountHealthValidator()
        : base(ListAccountHealth.Name)
    {
        RuleFor(request => request.Band).OneOf(HealthBands.All).When(request => request.Band is not null);
        RuleFor(request => request.Platform).OneOf([.. SocialPlatforms.All.Keys]).When(request => request.Platform is not null);
    }
}

/// <summary><c>GET /api/health/accounts</c>: accounts with their health, the worst first.</summary>
internal sealed class ListAccountHealth(HealthStore store) : NumberedListEndpoint<ListAccountHealthRequest, AccountHealth>(Name)
{
    public const string Name = "account-health";

    public override void Configure() =>
        List("/api/health/accounts", Scope.Social, "Account health", "List the health of social accounts, the worst first");

    protected override Task<List<AccountHealth>> ReadAsync(
        ListAccountHealthRequest request, Cursor? after, int skip, int take, CancellationToken cancellationToken) =>
        store.ListAsync(
            HttpContext.Caller().UserId, request.Filter(), after is { } last ? ((int)last.At.UtcTicks, last.Id) : null, take, skip,
            cancellationToken);

    protected override Task<int> CountAsync(ListAccountHealthRequest request, int atMost, CancellationToken cancellationToken) =>
        store.CountAsync(HttpContext.Caller().UserId, request.Filter(), atMost, cancellationToken);

    // a list by score: the cursor has it in the place of a time
    protected override Cursor CursorOf(AccountHealth item) => new(new(item.Score!.Value, TimeSpan.Zero), item.AccountId);
}

/// <summary><c>GET /api/health/accounts/{id}</c>: the health of an account, with its parts and its latest changes.</summary>
internal sealed class GetAccountHealth(HealthStore store) : GetByIdEndpoint<AccountHealth>("account")
{
    private const int Latest = 30;

    public override void Configure() =>
        Read("/api/health/accounts/{id:guid}", Scope.Social, "Account health", "Read the health of a social account and its changes");

    protected override async Task<AccountHealth?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        await store.FindAsync(userId, id, cancellationToken) is { } found
            ? found with { History = await store.HistoryAsync(userId, id, null, 0, Latest, cancellationToken) }
            : null;
}

internal sealed class ListHealthHistoryRequest : NumberedPageRequest;

internal sealed class ListHealthHistoryValidator() : NumberedPageValidator<ListHealthHistoryRequest>(ListHealthHistory.Name);

/// <summary><c>GET /api/health/accounts/{id}/history</c>: the scores that an account had, the latest first.</summary>
internal sealed class ListHealthHistory(HealthStore store) : NumberedListEndpoint<ListHealthHistoryRequest, HealthChange>(Name)
{
    public const string Name = "health-history";

    private (Guid User, Guid Account) Whose => (HttpContext.Caller().UserId, Route<Guid>("id"));

    public override void Configure() => List(
        "/api/health/accounts/{id:guid}/history", Scope.Social, "Account health",
        "List the scores that a social account had, the latest first");

    protected override async Task<ProblemHttpResult?> RefusalAsync(CancellationToken cancellationToken) =>
        await store.FindAsync(Whose.User, Whose.Account, cancellationToken) is null ? Problems.NotFound("account", Whose.Account) : null;

    protected override Task<List<HealthChange>> ReadAsync(
        ListHealthHistoryRequest request, Cursor? after, int skip, int take, CancellationToken cancellationToken) =>
        store.HistoryAsync(Whose.User, Whose.Account, after?.At, skip, take, cancellationToken);

    protected override Task<int> CountAsync(ListHealthHistoryRequest request, int atMost, CancellationToken cancellationToken) =>
        store.CountHistoryAsync(Whose.User, Whose.Account, atMost, cancellationToken);

    protected override Cursor CursorOf(HealthChange item) => new(item.At, Whose.Account);
}

/// <summary>Whose accounts.</summary>
internal sealed class SwarmRequest
{
    /// <summary>Those in a group; left out, all of the user.</summary>
    [QueryParam]
    public Guid? GroupId { get; set; }
}

/// <summary><c>GET /api/health/swarm?groupId=</c>: the accounts of a user, or of a group, together.</summary>
internal sealed class GetSwarmHealth(HealthStore store) : Endpoint<SwarmRequest, Results<Ok<SwarmHealth>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Get("/api/health/swarm");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Account health", "Read the health of all accounts, or of a group, together")
            .Produces<SwarmHealth>().Refuses(400, 401, 403, 404, 429, 503));
    }

    public override async Task<Results<Ok<SwarmHealth>, ProblemHttpResult>> ExecuteAsync(SwarmRequest request, CancellationToken ct) =>
        await store.SwarmAsync(HttpContext.Caller().UserId, request.GroupId, ct) is { } swarm
            ? TypedResults.Ok(swarm)
            : Problems.NotFound("group", request.GroupId!.Value);
}
