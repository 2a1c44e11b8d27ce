using Switchboard.Core.Email;
using Switchboard.Core.Providers.OAuth;
using Switchboard.Edge.Api.Platform.Connections;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>Mailboxes as they are connected by OAuth.</summary>
internal sealed class MailConnectionFlow(IServiceProvider services) : ConnectionFlow
{
    public override ConnectionSubject Subject => ConnectionSubject.Mailbox;

    public override ValueTask<OAuthProvider?> FindProviderAsync(PendingConnection pending, CancellationToken cancellationToken) => new(
        MailProviders.All.Contains(pending.Provider) ? services.GetRequiredKeyedService<OAuthProvider>(pending.Provider) : null);
}

/// <summary><c>GET /api/accounts/email/connect?state</c>.</summary>
internal sealed class ShowConnection(OAuthConnections connections, MailConnectionFlow flow, BrowserCookie cookie)
    : ShowConnectionEndpoint(connections, flow, cookie)
{
    public override void Configure() => Show(ConnectionSubject.Mailbox);
}

/// <summary><c>POST /api/accounts/email/connect?state</c>.</summary>
internal sealed class ConfirmConnection(OAuthConnections connections, MailConnectionFlow flow, BrowserCookie cookie)
    : ConfirmConnectionEndpoint(connections, flow, cookie)
{
    public override void Configure() => Confirm(ConnectionSubject.Mailbox);
}

/// <summary><c>GET /api/accounts/email/callback?code&amp;state</c>: the mailbox's address is asked for, and the mailbox
/// connected.</summary>
internal sealed class FinishConnection(
    OAuthConnections connections,
    MailConnectionFlow flow,
    BrowserCookie cookie,
    OAuthClient client,
    AccountConnector connector,
    NpgsqlDataSource dataSource) : FinishConnectionEndpoint<AccountResponse>(connections, flow, cookie)
{
    public override void Configure() => Finish(ConnectionSubject.Mailbox);

    protected override async Task<(AccountResponse? Account, ConnectionRefusal? Refusal)> ConnectAsync(
        PendingConnection pending, OAuthProvider provider, OAuthGrant grant, CancellationToken cancellationToken)
    {
        var profile = await client.ProfileAsync(provider, grant.AccessToken, cancellationToken);
        if (string.IsNullOrEmpty(grant.RefreshToken))
            return (null, ConnectionRefusal.NoRefreshToken);
        if (profile is null)
            return (null, ConnectionRefusal.NoAccount(ConnectionSubject.Mailbox));
        if (pending.Account is { } wanted && !profile.Is(wanted))
            return (null, ConnectionRefusal.Other(wanted, profile.Name));

        var mailbox = new AuthorizedMailbox(
            pending.UserId, provider, profile.Name, grant.RefreshToken, pending.Details, TrackingJson.Write(TrackingPolicy.All));
        var (connected, refusal) = await WriteAsync(pending, mailbox, cancellationToken);
        if (connected is null)
            return (null, refusal);
        await connector.FollowUpAsync(mailbox.UserId, connected);
        return (connected.Account, null);
    }

    protected override string NameOf(AccountResponse account) => account.Address;

    // the connection is back in the pool when this returns: none is held while Redis and the broker are called
    private async Task<(ConnectedMailbox? Connected, ConnectionRefusal? Refusal)> WriteAsync(
        PendingConnection pending, AuthorizedMailbox mailbox, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await OAuthConnections.UseAsync(transaction, pending.Id, pending.UserId, cancellationToken))
            return (null, ConnectionRefusal.Unknown(ConnectionSubject.Mailbox));
        if (await connector.WriteAsync(transaction, mailbox, cancellationToken) is not { } connected)
            return (null, ConnectionRefusal.NotAvailable(ConnectionSubject.Mailbox));
        await transaction.CommitAsync(cancellationToken);
        return (connected, null);
    }
}
