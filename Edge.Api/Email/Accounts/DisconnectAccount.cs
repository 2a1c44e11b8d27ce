using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary><c>DELETE /api/accounts/email/{id}</c>: it is not read any more, its token is gone, and what was tracked of it soon is too.</summary>
internal sealed class DisconnectAccount(AccountRemoval accounts) : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    public override void Configure()
    {
        Delete("/api/accounts/email/{id:guid}");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Accounts", "Disconnect a mailbox and delete what was tracked of it")
            .Produces(204).Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        return await accounts.RemoveAsync(id, HttpContext.Caller().UserId, provider: null, ct)
            ? TypedResults.NoContent()
            : Problems.NotFound("account", id);
    }
}
