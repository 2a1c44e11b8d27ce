namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary><c>GET /api/accounts/email/{id}</c>: an account.</summary>
internal sealed class GetAccount(AccountStore store) : GetByIdEndpoint<AccountResponse>("account")
{
    public override void Configure() => Read("/api/accounts/email/{id:guid}", Scope.Mail, "Accounts", "Read a connected mailbox");

    protected override Task<AccountResponse?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        store.FindAsync(id, userId, cancellationToken);
}
