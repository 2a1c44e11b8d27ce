using Switchboard.Core.Email;

namespace Switchboard.Edge.Api.Email.Accounts;

// /api/mailboxes, for one more version: the same mailboxes as at /api/accounts/email, of Gmail alone and in the form of before

/// <summary>A connected mailbox of Gmail; never its token.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Provider">gmail.</param>
/// <param name="Address">Its address.</param>
/// <param name="Status">active, paused or revoked (its user took the permission back).</param>
/// <param name="StatusReason">Why it is not active.</param>
/// <param name="WatchExpiresAt">Until when the provider pushes; renewed daily.</param>
/// <param name="SyncedAt">When it was last read to the end.</param>
/// <param name="CreatedAt">When it was connected first.</param>
internal sealed record MailboxResponse(
    Guid Id,
    string Provider,
    string Address,
    string Status,
    string? StatusReason,
    DateTimeOffset? WatchExpiresAt,
    DateTimeOffset? SyncedAt,
    DateTimeOffset CreatedAt)
{
    public static MailboxResponse Of(AccountResponse account) => new(
        account.Id, account.Provider, account.Address, account.Status, account.StatusReason, account.SubscriptionExpiresAt,
        account.SyncedAt, account.CreatedAt);
}

internal sealed class ListMailboxesRequest : PageRequest;

internal sealed class ListMailboxesValidator() : PageValidator<ListMailboxesRequest>(ListMailboxes.Name);

/// <summary><c>GET /api/mailboxes</c>: the user's mailboxes of Gmail, newest first.</summary>
internal sealed class ListMailboxes(AccountStore store) : ListEndpoint<ListMailboxesRequest, MailboxResponse>(Name)
{
    public const string Name = "mailboxes";

    public override void Configure()
    {
        List("/api/mailboxes", Scope.Mail, "Mailboxes", "List connected mailboxes of Gmail, newest first");
        Description(endpoint => endpoint.Superseded("/api/accounts/email"));
    }

    protected override async Task<List<MailboxResponse>> ReadAsync(
        ListMailboxesRequest request, Cursor? after, int take, CancellationToken cancellationToken) =>
        [.. (await store.ListAsync(HttpContext.Caller().UserId, MailProviders.Gmail, after?.Id, take, cancellationToken))
            .Select(MailboxResponse.Of)];

    protected override Cursor CursorOf(MailboxResponse item) => new(item.CreatedAt, item.Id);
}

/// <summary><c>DELETE /api/mailboxes/{id}</c>: it is not read any more, its token is gone, and what was tracked of it soon is
/// too.</summary>
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
