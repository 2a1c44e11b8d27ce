using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Accounts;

internal sealed class ListAccountsRequest : PageRequest;

internal sealed class ListAccountsValidator() : PageValidator<ListAccountsRequest>(ListAccounts.Name);

/// <summary><c>GET /api/accounts/email</c>: the user's mailboxes of every provider, newest first.</summary>
internal sealed class ListAccounts(AccountStore store) : Endpoint<ListAccountsRequest, Ok<Page<AccountResponse>>>
{
    public const string Name = "accounts";

    public override void Configure()
    {
        Get("/api/accounts/email");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Accounts", "List connected mailboxes of every provider, newest first")
            .Produces<Page<AccountResponse>>().Refuses(400, 401, 403, 429, 503));
    }

    public override async Task<Ok<Page<AccountResponse>>> ExecuteAsync(ListAccountsRequest request, CancellationToken cancellationToken)
    {
        var accounts = await store.ListAsync(
            HttpContext.Caller().UserId, Cursor.Of(Name, request)?.Id, request.PageSize() + 1, cancellationToken);
        return TypedResults.Ok(Page<AccountResponse>.Of(
            accounts, request.PageSize(), last => new Cursor(last.CreatedAt, last.Id).Encode(Name)));
    }
}
