using Microsoft.Extensions.Options;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Microsoft;

/// <summary><c>POST /{tenant}/oauth2/v2.0/token</c>: a code or a refresh token for an access token.</summary>
internal static class TokenEndpoint
{
    private const string OfflineAccess = "offline_access";

    public static async Task<IResult> TokenAsync(
        HttpContext context, GraphTokens tokens, AuthorizationCodes codes, GraphMailboxes mailboxes, IOptions<GraphOptions> options)
    {
        if (!context.Request.HasFormContentType)
        {
            return EntraErrors.Missing("grant_type");
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var (id, secret) = OAuthClient.Read(context.Request.Headers.Authorization, form);
        return id != options.Value.ClientId ? EntraErrors.UnknownClient(id)
            : secret is not null && secret != options.Value.ClientSecret ? EntraErrors.WrongSecret
            : (string?)form["grant_type"] switch
            {
                "authorization_code" => Exchange(tokens, codes, options.Value, form),
                "refresh_token" => Refresh(tokens, mailboxes, form),
                null or "" => EntraErrors.Missing("grant_type"),
                var other => EntraErrors.WrongGrant(other),
            };
    }

    private static IResult Exchange(GraphTokens tokens, AuthorizationCodes codes, GraphOptions options, IFormCollection form)
    {
        if (codes.Take(form["code"], options.ClientId) is not { } code)
        {
            return EntraErrors.UnknownCode;
        }

        return form["redirect_uri"] != code.RedirectUri ? EntraErrors.WrongRedirect
            : !code.Verifies(form["code_verifier"]) ? EntraErrors.WrongVerifier
            : Answer(tokens, code.Address, code.Scope, code.WithRefresh);
    }

    private static IResult Refresh(GraphTokens tokens, GraphMailboxes mailboxes, IFormCollection form)
    {
        if (string.IsNullOrEmpty(form["refresh_token"]))
        {
            return EntraErrors.Missing("refresh_token");
        }

        return tokens.ReadRefresh(form["refresh_token"], out var isRevoked) is { } address && mailboxes.Find(address) is not null
            ? Answer(tokens, address, form["scope"].ToString(), withRefresh: true)
            : isRevoked ? EntraErrors.Revoked : EntraErrors.UnknownToken;
    }

    private static IResult Answer(GraphTokens tokens, string address, string scope, bool withRefresh) => Results.Json(
        new EntraTokens(
            tokens.IssueAccess(address),
            tokens.LifetimeSeconds,
            string.Join(' ', scope.Split(' ').Where(word => word != OfflineAccess)),
            withRefresh ? tokens.IssueRefresh(address) : null),
        EntraJson.Default.EntraTokens);
}
