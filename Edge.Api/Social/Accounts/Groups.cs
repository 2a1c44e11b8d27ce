using System.Text.Json.Serialization;
using FluentValidation;
using Microsoft.Extensions.Options;
using Switchboard.Core.Social.Accounts;

namespace Switchboard.Edge.Api.Social.Accounts;

/// <summary>A group to make, or what to change of one.</summary>
internal abstract class GroupRequest
{
    public string? Name { get; init; }

    /// <summary>What requests of those of its accounts go through that have no proxy of their own; null for none.</summary>
    public Guid? ProxyId
    {
        get;
        init => (field, SaysProxy) = (value, true);
    }

    [JsonIgnore]
    public bool SaysProxy { get; private init; }
}

internal sealed class CreateGroupRequest : GroupRequest;

internal sealed class ChangeGroupRequest : GroupRequest;

internal sealed class CreateGroupValidator : Validator<CreateGroupRequest>
{
    public CreateGroupValidator() => RuleFor(request => request.Name).Visible().Text(SocialAccountRules.MaxName);
}

internal sealed class ChangeGroupValidator : Validator<ChangeGroupRequest>
{
    public ChangeGroupValidator()
    {
        RuleFor(request => request.Name).Visible().Text(SocialAccountRules.MaxName).When(request => request.Name is not null);
        RuleFor(request => request)
            .Must(request => request.Name is not null || request.SaysProxy)
            .OverridePropertyName("$")
            .WithMessage("It must say name or proxyId.");
    }
}

/// <summary><c>POST /api/groups</c>: accounts that are published to together. An account may be in many.</summary>
internal sealed class CreateGroup(
    CreatingTransactions transactions, GroupStore groups, SocialProxyStore proxies, SocialAccountCache cache,
    IOptions<SocialAccountOptions> options, TimeProvider timeProvider)
    : Endpoint<CreateGroupRequest, Results<Created<GroupResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/groups");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Groups", "Make a group of social accounts")
            .Example("""{"name": "all"}""")
            .Produces<GroupResponse>(201).Refuses(400, 401, 403, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Created<GroupResponse>, ProblemHttpResult>> ExecuteAsync(
        CreateGroupRequest request, CancellationToken ct)
    {
        var userId = HttpContext.Caller().UserId;
        if (request.ProxyId is { } proxy && await proxies.Rows.FindAsync(userId, proxy, ct) is null)
            return Problems.Invalid(new FieldError("proxyId", $"There is no proxy {proxy}."));
        var now = timeProvider.GetUtcNow().ToStorable();
        var group = new GroupResponse(Guid.CreateVersion7(now), request.Name!.Trim(), request.ProxyId, 0, now, now);
        var creation = await transactions.RunAsync(HttpContext, request, async transaction =>
        {
            var atMost = options.Value.MaxGroupsPerUser;
            return await groups.Rows.CountAsync(transaction, userId, atMost, ct) >= atMost
                ? Creation<GroupResponse>.Refused(Problems.Conflict($"A user has at most {atMost} groups."))
                : await GroupStore.InsertAsync(transaction, userId, group, ct)
                    ? Creation<GroupResponse>.Made(group)
                    : Creation<GroupResponse>.Refused(Problems.Conflict($"There is a group {group.Name}."));
        }, ct);
        if (creation.Refusal is { } refusal)
            return refusal;
        await cache.ForgetAsync(userId, CancellationToken.None);
        return TypedResults.Created($"/api/groups/{creation.Answer!.Id}", creation.Answer);
    }
}

/// <summary><c>PATCH /api/groups/{id}</c>.</summary>
internal sealed class ChangeGroup(GroupStore store, SocialProxyStore proxies, SocialAccountCache cache, TimeProvider timeProvider)
    : Endpoint<ChangeGroupRequest, Results<Ok<GroupResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Patch("/api/groups/{id:guid}");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Groups", "Change the name or the proxy of a group")
            .Example("""{"name": "everywhere", "proxyId": null}""")
            .Produces<GroupResponse>().Refuses(400, 401, 403, 404, 409, 413, 415, 429, 503));
    }

    public override async Task<Results<Ok<GroupResponse>, ProblemHttpResult>> ExecuteAsync(ChangeGroupRequest request, CancellationToken ct)
    {
        var (userId, id) = (HttpContext.Caller().UserId, Route<Guid>("id"));
        if (await store.Rows.FindAsync(userId, id, ct) is null)
            return Problems.NotFound("group", id);
        if (request.ProxyId is { } proxy && await proxies.Rows.FindAsync(userId, proxy, ct) is null)
            return Problems.Invalid(new FieldError("proxyId", $"There is no proxy {proxy}."));
        if (!await store.ChangeAsync(userId, id, request.Name?.Trim(), request.SaysProxy, request.ProxyId, timeProvider.GetUtcNow(), ct))
            return Problems.Conflict($"There is a group {request.Name?.Trim()}.");
        await cache.ForgetAsync(userId, CancellationToken.None);
        return await store.Rows.FindAsync(userId, id, ct) is { } changed ? TypedResults.Ok(changed) : Problems.NotFound("group", id);
    }
}

internal sealed class ListGroupsRequest : NumberedPageRequest;

internal sealed class ListGroupsValidator() : NumberedPageValidator<ListGroupsRequest>(ListGroups.Name);

/// <summary><c>GET /api/groups</c>: the user's groups, newest first.</summary>
internal sealed class ListGroups(GroupStore store) : NumberedListEndpoint<ListGroupsRequest, GroupResponse>(Name)
{
    public const string Name = "groups";

    public override void Configure() => List("/api/groups", Scope.Social, "Groups", "List groups of social accounts, newest first");

    protected override Task<List<GroupResponse>> ReadAsync(
        ListGroupsRequest request, Cursor? after, int skip, int take, CancellationToken cancellationToken) =>
        store.Rows.ListAsync(HttpContext.Caller().UserId, after?.Id, skip, take, cancellationToken);

    protected override Task<int> CountAsync(ListGroupsRequest request, int atMost, CancellationToken cancellationToken) =>
        store.Rows.CountAsync(HttpContext.Caller().UserId, atMost, cancellationToken);

    protected override Cursor CursorOf(GroupResponse item) => new(item.CreatedAt, item.Id);
}

/// <summary><c>GET /api/groups/{id}</c>.</summary>
internal sealed class GetGroup(GroupStore store, SocialAccountCache cache) : GetByIdEndpoint<GroupResponse>("group")
{
    public override void Configure() => Read("/api/groups/{id:guid}", Scope.Social, "Groups", "Read a group of social accounts");

    protected override async Task<GroupResponse?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        await cache.GroupAsync(userId, id, token => store.Rows.FindAsync(userId, id, token), cancellationToken);
}

/// <summary><c>DELETE /api/groups/{id}</c>: its accounts stay.</summary>
internal sealed class DeleteGroup(GroupStore store, SocialAccountCache cache) : DeleteByIdEndpoint("group")
{
    public override void Configure() => Delete("/api/groups/{id:guid}", Scope.Social, "Groups", "Delete a group; its accounts stay");

    protected override async Task<bool> DeleteAsync(Caller caller, Guid id, CancellationToken cancellationToken)
    {
        var deleted = await store.DeleteAsync(caller.UserId, id, cancellationToken);
        if (deleted)
            await cache.ForgetAsync(caller.UserId, CancellationToken.None);
        return deleted;
    }
}
