using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary><c>GET /api/accounts/email/{id}</c>: an account.</summary>
internal sealed class GetAccount(AccountStore store) : EndpointWithoutRequest<Results<Ok<AccountResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Get("/api/accounts/email/{id:guid}");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Accounts", "Read a connected mailbox")
            .Produces<AccountResponse>().Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<Ok<AccountResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken cancellationToken)
    {
        var id = Route<Guid>("id");
        return await store.FindAsync(id, HttpContext.Caller().UserId, cancellationToken) is { } account
            ? TypedResults.Ok(account)
            : Problems.NotFound("account", id);
    }
}
