using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Edge.Api.Auth;
using Switchboard.Edge.Api.Database;
using Switchboard.Edge.Api.Http;

namespace Switchboard.Edge.Api.Mailboxes;

/// <summary><c>DELETE /api/mailboxes/{id}</c>: it is not read any more, and its token is gone.</summary>
internal sealed class DisconnectMailbox(NpgsqlDataSource database, MailboxTokens tokens)
    : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    private const string Sql = "DELETE FROM mailboxes WHERE id = $1 AND user_id = $2";

    public override void Configure()
    {
        Delete("/api/mailboxes/{id:guid}");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Mailboxes", "Disconnect a mailbox")
            .Produces(204).Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        if (await database.Command(Sql, id, HttpContext.Caller().UserId).RunAsync(ct) == 0)
            return Problems.NotFound("mailbox", id);

        await tokens.ForgetAsync(id, CancellationToken.None);
        return TypedResults.NoContent();
    }
}
