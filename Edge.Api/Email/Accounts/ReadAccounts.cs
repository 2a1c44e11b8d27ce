namespace Switchboard.Edge.Api.Email.Accounts;

internal sealed class ListAccountsRequest : PageRequest;

internal sealed class ListAccountsValidator() : PageValidator<ListAccountsRequest>(ListAccounts.Name);

/// <summary><c>GET /api/accounts/email</c>: the user's mailboxes of every provider, newest first.</summary>
internal sealed class ListAccounts(AccountStore store) : ListEndpoint<ListAccountsRequest, AccountResponse>(Name)
{
    public const string Name = "accounts";

    public override void Configure() =>
        List("/api/accounts/email", Scope.Mail, "Accounts", "List connected mailboxes of every provider, newest first");

    protected override Task<List<AccountResponse>> ReadAsync(
        ListAccountsRequest request, Cursor? after, int take, CancellationToken cancellationToken) =>
        store.ListAsync(HttpContext.Caller().UserId, provider: null, after?.Id, take, cancellationToken);

    protected override Cursor CursorOf(AccountResponse item) => new(item.CreatedAt, item.Id);
}

/// <summary><c>GET /api/accounts/email/{id}</c>: an account.</summary>
internal sealed class GetAccount(AccountStore store) : GetByIdEndpoint<AccountResponse>("account")
{
    public override void Configure() => Read("/api/accounts/email/{id:guid}", Scope.Mail, "Accounts", "Read a connected mailbox");

    protected override Task<AccountResponse?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        store.FindAsync(id, userId, cancellationToken);
}
