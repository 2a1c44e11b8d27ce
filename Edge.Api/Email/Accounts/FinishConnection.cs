using Switchboard.Core.Diagnostics;
using Switchboard.Core.Email;
using Switchboard.Core.Providers;
using Switchboard.Core.Providers.OAuth;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>
/// <c>GET /api/accounts/email/callback?code&amp;state</c>: the authority redirects the account holder here. There is no API key: the state
/// says which user started, and the cookie that it was confirmed in this browser. The code is exchanged, the mailbox's address is asked
/// for, and the account is connected. Until that is committed the authorization stays valid, so after a temporary failure the same
/// authorization URL can be opened again. A browser gets a page, a program JSON.
/// </summary>
internal sealed partial class FinishConnection(
    OAuthConnections connections,
    OAuthClient client,
    AccountConnector connector,
    BrowserCookie cookie,
    NpgsqlDataSource dataSource) : EndpointWithoutRequest<IResult>
{
    // Microsoft's have some 1,500 characters
    private const int MaxCode = 8_192;

    public override void Configure()
    {
        Get(ConnectionRoutes.Callback);
        AllowAnonymous();
        Description(endpoint => endpoint.Titled("Accounts", "Finish connecting a mailbox (the provider redirects here)")
            .Produces<AccountResponse>().Refuses(400, 403, 409, 429, 502, 503));
    }

    public override async Task<IResult> ExecuteAsync(CancellationToken ct)
    {
        var (account, refusal) = await ConnectAsync(HttpContext.Request.Query, ct);
        return account is not null ? ConnectionPage.Connected(HttpContext, account) : ConnectionPage.Refused(HttpContext, refusal!);
    }

    private async Task<(AccountResponse? Account, ConnectionRefusal? Refusal)> ConnectAsync(
        IQueryCollection query, CancellationToken cancellationToken)
    {
        if (await connections.FindAsync(query["state"], cancellationToken) is not { } pending)
            return (null, ConnectionRefusal.Unknown);
        if (!pending.IsConfirmedBy(cookie.Read(HttpContext)))
            return (null, ConnectionRefusal.NotConfirmed);
        if ((string?)query["error"] is { Length: > 0 } error)
            return (null, ConnectionRefusal.OfAuthorization(error, query["error_description"]));
        if ((string?)query["code"] is not { Length: > 0 and <= MaxCode } code)
            return (null, ConnectionRefusal.NoCode);

        var provider = HttpContext.RequestServices.GetRequiredKeyedService<OAuthProvider>(pending.Provider);
        OAuthGrant? grant = null;
        AccountProfile? profile;
        try
        {
            grant = await connections.ExchangeAsync(pending, provider, code, cancellationToken);
            if (grant is null)
                return (null, ConnectionRefusal.Unknown);
            profile = await client.ProfileAsync(provider, grant.AccessToken, cancellationToken);
        }
        catch (ProviderException reason)
        {
            Log.NotConnected(Logger, provider.Name, reason);
            return (null, grant is null ? ConnectionRefusal.OfToken(reason.Failure) : ConnectionRefusal.OfProfile(reason.Failure));
        }

        if (string.IsNullOrEmpty(grant.RefreshToken))
            return (null, ConnectionRefusal.NoRefreshToken);
        if (profile is null)
            return (null, ConnectionRefusal.NoAddress);
        return pending.Account is { } wanted && !profile.Is(wanted)
            ? (null, ConnectionRefusal.Other(wanted, profile.Name))
            : await CommitAsync(pending, provider, profile.Name, grant.RefreshToken, cancellationToken);
    }

    private async Task<(AccountResponse? Account, ConnectionRefusal? Refusal)> CommitAsync(
        PendingConnection pending, OAuthProvider provider, string address, string refreshToken, CancellationToken cancellationToken)
    {
        var mailbox = new AuthorizedMailbox(
            pending.UserId, provider, address, refreshToken, pending.Details, TrackingJson.Write(TrackingPolicy.All));
        var (connected, refusal) = await WriteAsync(pending, mailbox, cancellationToken);
        if (connected is null)
            return (null, refusal);
        await connector.FollowUpAsync(mailbox.UserId, connected);
        return (connected.Account, null);
    }

    // the connection is back in the pool when this returns: none is held while Redis and the broker are called
    private async Task<(ConnectedMailbox? Connected, ConnectionRefusal? Refusal)> WriteAsync(
        PendingConnection pending, AuthorizedMailbox mailbox, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await OAuthConnections.UseAsync(transaction, pending.Id, pending.UserId, cancellationToken))
            return (null, ConnectionRefusal.Unknown);
        if (await connector.WriteAsync(transaction, mailbox, cancellationToken) is not { } connected)
            return (null, ConnectionRefusal.NotAvailable);
        await transaction.CommitAsync(cancellationToken);
        return (connected, null);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A mailbox of {Provider} could not be connected: {Reason}")]
        public static partial void NotConnected(ILogger logger, Redacted provider, Redacted reason);
    }
}
