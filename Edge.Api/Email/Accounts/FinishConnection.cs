using System.Globalization;
using System.Security.Cryptography;
using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Core.Security;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>
/// <c>GET /api/accounts/email/callback?code&amp;state</c>: the authority redirects the account holder here. There is no API key: the state
/// says which user started. The code is exchanged, the mailbox's address is asked for, and the account is connected. Until that is
/// committed the authorization stays valid, so after a temporary failure the same authorization URL can be opened again.
/// A browser gets a page, a program JSON.
/// </summary>
internal sealed class FinishConnection(
    ConnectionStore store, GraphAuthority authority, AccountConnector connector, SecretProtector secrets, TimeProvider timeProvider)
    : EndpointWithoutRequest<Results<Ok<AccountResponse>, ContentHttpResult, ProblemHttpResult>>
{
    // Microsoft's have some 1,500 characters
    private const int MaxCode = 8_192;

    public override void Configure()
    {
        Get(AuthorizationUrl.CallbackPath);
        AllowAnonymous();
        Description(endpoint => endpoint.Titled("Accounts", "Finish to connect a mailbox: the authority redirects here")
            .Produces<AccountResponse>().Refuses(400, 403, 409, 429, 502, 503));
    }

    public override async Task<Results<Ok<AccountResponse>, ContentHttpResult, ProblemHttpResult>> ExecuteAsync(
        CancellationToken cancellationToken)
    {
        var (account, refusal) = await ConnectAsync(HttpContext.Request.Query, cancellationToken);
        var headers = HttpContext.Response.Headers;
        // the address that led here has a code in it
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers.XContentTypeOptions = "nosniff";
        if (refusal?.RetryAfterSeconds is { } seconds)
            headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (AcceptedForm.PrefersHtml(HttpContext.Request))
        {
            headers.ContentSecurityPolicy = ConnectionPage.ContentSecurityPolicy;
            return account is not null
                ? TypedResults.Content(ConnectionPage.Connected(account), ConnectionPage.MediaType)
                : TypedResults.Content(ConnectionPage.Refused(refusal!), ConnectionPage.MediaType, statusCode: refusal!.Status);
        }

        return account is not null ? TypedResults.Ok(account) : Problems.For(refusal!.Status, refusal.Detail, refusal.Type);
    }

    private async Task<(AccountResponse? Account, ConnectionRefusal? Refusal)> ConnectAsync(
        IQueryCollection query, CancellationToken cancellationToken)
    {
        if (ConnectionState.Hash(query["state"]) is not { } stateHash
            || await store.FindAsync(stateHash, timeProvider.GetUtcNow(), cancellationToken) is not { } pending)
            return (null, ConnectionRefusal.Unknown);
        if ((string?)query["error"] is { Length: > 0 } error)
            return (null, ConnectionRefusal.OfAuthorization(error, query["error_description"]));
        if ((string?)query["code"] is not { Length: > 0 and <= MaxCode } code)
            return (null, ConnectionRefusal.NoCode);
        if (Decrypt(pending) is not { } verifier)
            return (null, ConnectionRefusal.Unknown);

        var (grant, refusal) = await authority.ExchangeAsync(code, verifier, pending.RedirectUri, cancellationToken);
        if (grant is null)
            return (null, refusal);
        (var user, refusal) = await authority.FindUserAsync(grant.AccessToken!, cancellationToken);
        if (user is null)
            return (null, refusal);
        if (user.Address is not { } address)
            return (null, ConnectionRefusal.NoAddress);
        return pending.Address is { } wanted && !user.Is(wanted)
            ? (null, ConnectionRefusal.Other(wanted, address))
            : await connector.ConnectAsync(pending, address, grant.RefreshToken!, cancellationToken);
    }

    private string? Decrypt(PendingConnection pending)
    {
        try
        {
            return secrets.Unprotect(pending.CodeVerifier, PendingConnection.VerifierPurpose);
        }
        catch (CryptographicException)
        {
            // its key was removed from the configuration meanwhile
            return null;
        }
    }
}

/// <summary>
/// Connects the account that was authorized. The authorization is used up in the transaction that connects its mailbox: whatever
/// fails before leaves it valid within its ten minutes, and of two that finish it at once one connects.
/// </summary>
internal sealed class AccountConnector(
    NpgsqlDataSource dataSource, JobOutbox outbox, SecretProtector secrets, AccountCache cache, TimeProvider timeProvider)
{
    private const string RefreshTokenPurpose = "graph-refresh-token";

    /// <summary>Connects the mailbox, or its user's own once more.</summary>
    /// <param name="pending">What was started.</param>
    /// <param name="address">The mailbox's address.</param>
    /// <param name="refreshToken">What the account holder granted.</param>
    /// <param name="cancellationToken">Ends it; then nothing is kept.</param>
    public async Task<(AccountResponse? Account, ConnectionRefusal? Refusal)> ConnectAsync(
        PendingConnection pending, string address, string refreshToken, CancellationToken cancellationToken)
    {
        var staged = new List<OutgoingJob>();
        var (account, refusal) = await WriteAsync(pending, address, refreshToken, staged, cancellationToken);
        if (account is null)
            return (null, refusal);

        await cache.ForgetAsync(pending.UserId, account.Id);
        await outbox.FlushAsync(staged, CancellationToken.None);
        return (account, null);
    }

    // the connection is back in the pool when this returns: none is held while Redis and the broker are called
    private async Task<(AccountResponse? Account, ConnectionRefusal? Refusal)> WriteAsync(
        PendingConnection pending, string address, string refreshToken, List<OutgoingJob> staged, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await ConnectionStore.UseAsync(transaction, pending.Id, pending.UserId, cancellationToken))
            return (null, ConnectionRefusal.Unknown);
        var account = await AccountStore.ConnectMicrosoftAsync(
            transaction, pending.UserId, address, [], pending.Tracking,
            TrackingJson.Write(TrackingPolicy.All), now, cancellationToken);
        if (account is null)
            return (null, ConnectionRefusal.Taken);

        var token = secrets.Protect(refreshToken, SecretColumn.RefreshToken(RefreshTokenPurpose), account.Id);
        await AccountStore.SetTokenAsync(transaction, account.Id, pending.UserId, token, cancellationToken);
        staged.Add(new(new FollowAccount(Guid.CreateVersion7(now), account.Id)));
        await outbox.StageAsync(connection, transaction, staged, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (account, null);
    }
}
