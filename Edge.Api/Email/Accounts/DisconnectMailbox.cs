using Switchboard.Core.Email;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary><c>DELETE /api/mailboxes/{id}</c>: it is not read any more, its token is gone, and what was tracked of it soon is too.</summary>
internal sealed class DisconnectMailbox(AccountRemoval accounts) : DeleteByIdEndpoint("mailbox")
{
    public override void Configure()
    {
        Delete("/api/mailboxes/{id:guid}", Scope.Mail, "Mailboxes", "Disconnect a mailbox");
        Description(endpoint => endpoint.Superseded("/api/accounts/email/{id}"));
    }

    protected override Task<bool> DeleteAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        accounts.RemoveAsync(id, caller.UserId, MailProviders.Gmail, cancellationToken);
}
