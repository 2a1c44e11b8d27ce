using Microsoft.Extensions.Caching.Hybrid;
using Switchboard.Core.Deletion;
using Switchboard.Core.Jobs;

namespace Switchboard.Edge.Api.Operations.Access;

/// <summary>How far the deletion of a user is. It says nothing of whose it is, and outlives them.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">running or completed: then no row, file, grant or subscription is left.</param>
/// <param name="RequestedAt">When it was requested.</param>
/// <param name="CompletedAt">When it was completed.</param>
internal sealed record DeletionResponse(Guid Id, string State, DateTimeOffset RequestedAt, DateTimeOffset? CompletedAt);

/// <summary><c>DELETE /api/users/{id}</c>: deletes a user and all that is theirs, for an administrator.</summary>
internal sealed class DeleteUser(UserRemoval users) : EndpointWithoutRequest<Results<Accepted<DeletionResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Delete("/api/users/{id:guid}");
        Policies(Scope.Admin);
        Description(endpoint => endpoint.Titled("Users", "Delete a user with all their data")
            .Produces<DeletionResponse>(202).Refuses(401, 403, 404, 429, 503));
    }

    public override Task<Results<Accepted<DeletionResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct) =>
        users.BeginAsync(Route<Guid>("id"), ct);
}

/// <summary><c>DELETE /api/users/me</c>: the same for the caller, whose keys end with it. Since that touches all that
/// a user has, the key must be good for all of it.</summary>
internal sealed class DeleteMe(UserRemoval users) : EndpointWithoutRequest<Results<Accepted<DeletionResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Delete("/api/users/me");
        Description(endpoint => endpoint.Titled("Users", "Delete your own user with all its data")
            .Produces<DeletionResponse>(202).Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<Accepted<DeletionResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct) =>
        UserRemoval.Refusal(HttpContext.Caller()) is { } refusal ? refusal : await users.BeginAsync(HttpContext.Caller().UserId, ct);
}

/// <summary><c>GET /api/deletions/{id}</c>: anybody who has its id may watch it; its user has no key any more.</summary>
internal sealed class GetDeletion(UserRemoval users) : EndpointWithoutRequest<Results<Ok<DeletionResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Get("/api/deletions/{id:guid}");
        AllowAnonymous();
        Description(endpoint => endpoint.Titled("Users", "Watch the deletion of a user")
            .Produces<DeletionResponse>().Refuses(404, 429, 503));
    }

    public override async Task<Results<Ok<DeletionResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        return await users.FindAsync(id, ct) is { } found ? TypedResults.Ok(found) : Problems.NotFound("deletion", id);
    }
}

/// <summary>Begins the deletion of users, and says how far it is.</summary>
internal sealed class UserRemoval(NpgsqlDataSource dataSource, JobOutbox outbox, ApiKeys keys, HybridCache cache, TimeProvider timeProvider)
{
    /// <summary>Why a key may not touch all that its user has; null when it may.</summary>
    public static ProblemHttpResult? Refusal(Caller caller) =>
        Scope.Personal.FirstOrDefault(scope => !caller.Has(scope)) is { } missing
            ? Problems.MissingScope($"The key lacks the scope '{missing}': this needs all that a user's own key can have.")
            : null;

    /// <summary>From its commit on the keys of the user are gone, and a job does the rest.</summary>
    public async Task<Results<Accepted<DeletionResponse>, ProblemHttpResult>> BeginAsync(Guid userId, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await UserDeletion.BeginAsync(transaction, userId, timeProvider.GetUtcNow(), cancellationToken) is not { } begun)
            return Problems.NotFound("user", userId);
        await outbox.CommitAsync(transaction, begun.Jobs, cancellationToken);
        foreach (var hash in begun.KeyHashes)
            await keys.ForgetAsync(hash, CancellationToken.None);
        await cache.RemoveByTagAsync(UserDeletion.CacheTag(userId), CancellationToken.None);
        return TypedResults.Accepted($"/api/deletions/{begun.Id}", await FindAsync(begun.Id, CancellationToken.None));
    }

    private const string FindSql =
        """
        SELECT id, CASE WHEN completed_at IS NULL THEN 'running' ELSE 'completed' END, requested_at, completed_at
        FROM deletions WHERE id = $1
        """;

    /// <summary>A deletion; null when there is none of that id (any more).</summary>
    public Task<DeletionResponse?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        dataSource.Command(FindSql, id).FirstAsync(
            row => new DeletionResponse(
                row.GetGuid(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2), row.Nullable<DateTimeOffset>(3)),
            cancellationToken);
}
