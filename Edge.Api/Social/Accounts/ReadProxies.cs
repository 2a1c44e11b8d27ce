using Switchboard.Core.Jobs;
using Switchboard.Core.Social.Accounts;

namespace Switchboard.Edge.Api.Social.Accounts;

internal sealed class ListProxiesRequest : NumberedPageRequest;

internal sealed class ListProxiesValidator() : NumberedPageValidator<ListProxiesRequest>(ListProxies.Name);

/// <summary><c>GET /api/proxies</c>: the user's proxies, newest first; never their passwords.</summary>
internal sealed class ListProxies(SocialProxyStore store) : NumberedListEndpoint<ListProxiesRequest, SocialProxy>(Name)
{
    public const string Name = "proxies";

    public override void Configure() => List("/api/proxies", Scope.Social, "Proxies", "List proxies, newest first");

    protected override Task<List<SocialProxy>> ReadAsync(
        ListProxiesRequest request, Cursor? after, int skip, int take, CancellationToken cancellationToken) =>
        store.Rows.ListAsync(HttpContext.Caller().UserId, after?.Id, skip, take, cancellationToken);

    protected override Task<int> CountAsync(ListProxiesRequest request, int atMost, CancellationToken cancellationToken) =>
        store.Rows.CountAsync(HttpContext.Caller().UserId, atMost, cancellationToken);

    protected override Cursor CursorOf(SocialProxy item) => new(item.CreatedAt, item.Id);
}

/// <summary><c>GET /api/proxies/{id}</c>: with its last checks.</summary>
internal sealed class GetProxy(SocialProxyStore store, SocialAccountCache cache) : GetByIdEndpoint<SocialProxy>("proxy")
{
    private const int LastChecks = 20;

    public override void Configure() => Read("/api/proxies/{id:guid}", Scope.Social, "Proxies", "Read a proxy and its last checks");

    protected override async Task<SocialProxy?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        await cache.ProxyAsync(
            userId, id,
            async token => await store.Rows.FindAsync(userId, id, token) is { } proxy
                ? proxy with { Checks = await store.ChecksAsync(userId, id, LastChecks, token) }
                : null,
            cancellationToken);
}

/// <summary><c>DELETE /api/proxies/{id}</c>: one that nothing uses.</summary>
internal sealed class DeleteProxy(NpgsqlDataSource dataSource, SocialProxyStore store, SocialAccountCache cache)
    : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    public override void Configure()
    {
        Delete("/api/proxies/{id:guid}");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Proxies", "Delete a proxy that nothing uses")
            .Produces(204).Refuses(401, 403, 404, 409, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var (userId, id) = (HttpContext.Caller().UserId, Route<Guid>("id"));
        await using (var connection = await dataSource.OpenConnectionAsync(ct))
        {
            await using var transaction = await connection.BeginTransactionAsync(ct);
            if (await store.DeleteAsync(transaction, userId, id, ct) is not { } use)
                return Problems.NotFound("proxy", id);
            if (use is not { Accounts: 0, Groups: 0 })
                return Problems.Conflict(
                    $"{use.Accounts} accounts and {use.Groups} groups use it, and nothing of theirs goes out without it. "
                    + "Give them another one, or none, first.");
            await transaction.CommitAsync(ct);
        }

        await cache.ForgetAsync(userId, CancellationToken.None);
        return TypedResults.NoContent();
    }
}

/// <summary><c>POST /api/proxies/{id}/check</c>: it is checked in a moment.</summary>
internal sealed class CheckProxy(NpgsqlDataSource dataSource, SocialProxyStore store, JobOutbox outbox, TimeProvider timeProvider)
    : EndpointWithoutRequest<Results<Accepted<SocialProxy>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/proxies/{id:guid}/check");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Proxies", "Have a proxy checked")
            .Produces<SocialProxy>(202).Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<Accepted<SocialProxy>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var (userId, id, now) = (HttpContext.Caller().UserId, Route<Guid>("id"), timeProvider.GetUtcNow());
        await using (var connection = await dataSource.OpenConnectionAsync(ct))
        {
            await using var transaction = await connection.BeginTransactionAsync(ct);
            if (!await SocialProxyStore.AskAsync(transaction, userId, id, now, ct))
                return Problems.NotFound("proxy", id);
            await outbox.CommitAsync(transaction, [new(new CheckProxies(Guid.CreateVersion7(now)))], ct);
        }

        return await store.Rows.FindAsync(userId, id, ct) is { } proxy
            ? TypedResults.Accepted($"/api/proxies/{id}", proxy)
            : Problems.NotFound("proxy", id);
    }
}
