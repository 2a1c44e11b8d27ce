using FluentValidation;
using Switchboard.Core.Social.Accounts;

namespace Switchboard.Edge.Api.Social.Accounts;

/// <summary>Accounts that are to be in a group, or not any more.</summary>
internal sealed class GroupMembersRequest
{
    /// <summary>Their ids, up to 1,000.</summary>
    public IReadOnlyList<Guid>? Accounts { get; init; }
}

internal sealed class GroupMembersValidator : Validator<GroupMembersRequest>
{
    private const int MaxMembers = 1_000;

    public GroupMembersValidator()
    {
        RuleFor(request => request.Accounts).NotEmpty();
        RuleFor(request => request.Accounts)
            .Must(accounts => accounts is null || accounts.Count <= MaxMembers)
            .WithMessage(request => $"It has {request.Accounts!.Count} entries; {MaxMembers} are the most.");
    }
}

/// <summary><c>PUT /api/groups/{id}/members</c>: these accounts are in the group, beside those that are; all of them or none.</summary>
internal sealed class AddGroupMembers(NpgsqlDataSource dataSource, GroupStore store, SocialAccountCache cache)
    : Endpoint<GroupMembersRequest, Results<Ok<GroupResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Put("/api/groups/{id:guid}/members");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Groups", "Add accounts to a group")
            .WithDescription("Up to 1,000 a call; those that are in it stay. Sent again it changes nothing.")
            .Example("""{"accounts": ["01979d3a-52b0-7c11-8f10-4f2f4bb8b0a1"]}""")
            .Produces<GroupResponse>().Refuses(400, 401, 403, 404, 413, 415, 429, 503));
    }

    public override async Task<Results<Ok<GroupResponse>, ProblemHttpResult>> ExecuteAsync(
        GroupMembersRequest request, CancellationToken ct)
    {
        var (userId, id) = (HttpContext.Caller().UserId, Route<Guid>("id"));
        await using (var connection = await dataSource.OpenConnectionAsync(ct))
        {
            await using var transaction = await connection.BeginTransactionAsync(ct);
            if (!await GroupStore.ShareAsync(transaction, userId, id, ct))
                return Problems.NotFound("group", id);
            var unknown = await GroupStore.AddAsync(transaction, userId, id, [.. request.Accounts!.Distinct()], ct);
            if (unknown.Count > 0)
                return Problems.Invalid([.. unknown.Select(account => new FieldError("accounts", $"There is no account {account}."))]);
            await transaction.CommitAsync(ct);
        }

        await cache.ForgetAsync(userId, CancellationToken.None);
        return await store.Rows.FindAsync(userId, id, ct) is { } group ? TypedResults.Ok(group) : Problems.NotFound("group", id);
    }
}

/// <summary><c>DELETE /api/groups/{id}/members</c>: these accounts are not in the group any more.</summary>
internal sealed class RemoveGroupMembers(GroupStore store, SocialAccountCache cache)
    : Endpoint<GroupMembersRequest, Results<NoContent, ProblemHttpResult>>
{
    public override void Configure()
    {
        Delete("/api/groups/{id:guid}/members");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Groups", "Take accounts out of a group")
            .WithDescription("The body names them as that of PUT does.")
            .Example("""{"accounts": ["01979d3a-52b0-7c11-8f10-4f2f4bb8b0a1"]}""")
            .Produces(204).Refuses(400, 401, 403, 404, 413, 415, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(GroupMembersRequest request, CancellationToken ct)
    {
        var (userId, id) = (HttpContext.Caller().UserId, Route<Guid>("id"));
        if (await store.Rows.FindAsync(userId, id, ct) is null)
            return Problems.NotFound("group", id);
        await store.RemoveAsync(userId, id, [.. request.Accounts!], ct);
        await cache.ForgetAsync(userId, CancellationToken.None);
        return TypedResults.NoContent();
    }
}
