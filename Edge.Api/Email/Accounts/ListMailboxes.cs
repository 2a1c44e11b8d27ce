using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Accounts;

internal sealed class ListMailboxesRequest : PageRequest;

internal sealed class ListMailboxesValidator() : PageValidator<ListMailboxesRequest>(ListMailboxes.Name);

/// <summary><c>GET /api/mailboxes</c>: the user's mailboxes of Gmail, newest first; those of every provider are at
/// <c>GET /api/accounts/email</c>.</summary>
internal sealed class ListMailboxes(NpgsqlDataSource database) : Endpoint<ListMailboxesRequest, Ok<Page<MailboxResponse>>>
{
    public const string Name = "mailboxes";

    private const string Sql =
        $"""
        SELECT {MailboxResponse.Columns}
        FROM mailboxes
        WHERE user_id = $1 AND provider = 'gmail' AND ($2::uuid IS NULL OR id < $2)
        ORDER BY id DESC
        LIMIT $3
        """;

    public override void Configure()
    {
        Get("/api/mailboxes");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Mailboxes", "List connected mailboxes of Gmail, newest first")
            .Produces<Page<MailboxResponse>>().Refuses(400, 401, 403, 429, 503));
    }

    public override async Task<Ok<Page<MailboxResponse>>> ExecuteAsync(ListMailboxesRequest request, CancellationToken ct)
    {
        var mailboxes = await database.Command(Sql, HttpContext.Caller().UserId, Cursor.Of(Name, request)?.Id, request.PageSize() + 1)
            .ListAsync(MailboxResponse.Read, ct);
        return TypedResults.Ok(Page<MailboxResponse>.Of(
            mailboxes, request.PageSize(), last => new Cursor(last.CreatedAt, last.Id).Encode(Name)));
    }
}
