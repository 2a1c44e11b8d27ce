using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Switchboard.Core.Email;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary><c>DELETE /api/mailboxes/{id}</c>: it is not read any more, its token is gone, and what was tracked of it soon is too.</summary>
internal sealed class DisconnectMailbox(AccountRemoval accounts) : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    public override void Configure()
    {
        Delete("/api/mailboxes/{id:guid}");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Mailboxes", "Disconnect a mailbox")
            .Superseded("/api/accounts/email/{id}").Produces(204).Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        return await accounts.RemoveAsync(id, HttpContext.Caller().UserId, MailProviders.Gmail, ct)
            ? TypedResults.NoContent()
            : Problems.NotFound("mailbox", id);
    }
}
