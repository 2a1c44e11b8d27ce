using System.Globalization;
using System.Security.Cryptography;
using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Core.Security;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>
/// <c>GET /api/accounts/email/callback?code&amp;state</c>: the owner of a mailbox comes back from the authority, which sends no key along:
/// the state says who began. The code is exchanged, the mailbox's address asked for, and the account is connected. Until that is
/// committed the authorization stays good, so what fails for a while is done again by opening the same address once more.
/// A browser gets a page, a program JSON.
/// </summary>
internal sealed class FinishConnection(
    NpgsqlDataSource database, GraphAuthority authority, ConnectedAccounts accounts, SecretProtector secrets, TimeProvider clock)
    : EndpointWithoutRequest<Results<Ok<AccountResponse>, ContentHttpResult, ProblemHttpResult>>
{
    // Microsoft's have some 1,500 characters
    private const int MaxCode = 8_192;

    public override void Configure()
    {
        Get(AuthorizationUrl.CallbackPath);
        AllowAnonymous();
        Description(endpoint => endpoint.Titled("Accounts", "Finish to connect a mailbox: the authority sends its owner here")
            .Produces<AccountResponse>().Refuses(400, 403, 409, 429, 502, 503));
    }

    public override async Task<Results<Ok<AccountResponse>, ContentHttpResult, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var (account, refusal) = await ConnectAsync(HttpContext.Request.Query, ct);
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

    private async Task<(AccountResponse? Account, ConnectionRefusal? Refusal)> ConnectAsync(IQueryCollection query, CancellationToken ct)
    {
        if (ConnectionState.Hash(query["state"]) is not { } stateHash
            || await OpenConnection.FindAsync(database, stateHash, clock.GetUtcNow(), ct) is not { } open)
            return (null, ConnectionRefusal.Unknown);
        if ((string?)query["error"] is { Length: > 0 } error)
            return (null, ConnectionRefusal.OfAuthorization(error, query["error_description"]));
        if ((string?)query["code"] is not { Length: > 0 and <= MaxCode } code)
            return (null, ConnectionRefusal.NoCode);
        if (Decrypt(open) is not { } verifier)
            return (null, ConnectionRefusal.Unknown);

        var (grant, refusal) = await authority.ExchangeAsync(code, verifier, open.RedirectUri, ct);
        if (grant is null)
            return (null, refusal);
        (var owner, refusal) = await authority.FindOwnerAsync(grant.AccessToken!, ct);
        if (owner is null)
            return (null, refusal);
        if (owner.Address is not { } address)
            return (null, ConnectionRefusal.NoAddress);
        return open.Address is { } wanted && !owner.Is(wanted)
            ? (null, ConnectionRefusal.Other(wanted, address))
            : await accounts.ConnectAsync(open, address, grant.RefreshToken!, ct);
    }

    private string? Decrypt(OpenConnection open)
    {
        try
        {
            return secrets.Unprotect(open.CodeVerifier, OpenConnection.VerifierPurpose);
        }
        catch (CryptographicException)
        {
            // its key was taken out of the configuration since it began
            return null;
        }
    }
}
