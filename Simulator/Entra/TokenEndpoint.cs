using System.Text;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Graph;
using Switchboard.Simulator.GraphMail;

namespace Switchboard.Simulator.Entra;

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
        var (id, secret) = Client(context.Request.Headers.Authorization, form);
        return id != options.Value.ClientId ? EntraErrors.UnknownClient(id)
            : secret is not null && secret != options.Value.ClientSecret ? EntraErrors.WrongSecret
            : (string?)form["grant_type"] switch
            {
                "authorization_code" => Exchange(tokens, codes, form),
                "refresh_token" => Refresh(tokens, mailboxes, form),
                null or "" => EntraErrors.Missing("grant_type"),
                var other => EntraErrors.WrongGrant(other),
            };
    }

    private static IResult Exchange(GraphTokens tokens, AuthorizationCodes codes, IFormCollection form)
    {
        if (codes.Take(form["code"]) is not { } code)
        {
            return EntraErrors.UnknownCode;
        }

        return form["redirect_uri"] != code.RedirectUri ? EntraErrors.WrongRedirect
            : !code.Verifies(form["code_verifier"]) ? EntraErrors.WrongVerifier
            : Answer(tokens, code.Address, code.Scope, withRefresh: code.Scope.Split(' ').Contains(OfflineAccess));
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

    // in the form, or as HTTP Basic credentials (RFC 6749, 2.3.1)
    private static (string? Id, string? Secret) Client(string? authorization, IFormCollection form)
    {
        if (authorization is null || !authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return (form["client_id"], (string?)form["client_secret"] is { Length: > 0 } secret ? secret : null);
        }

        var buffer = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization["Basic ".Length..], buffer, out var length))
        {
            return (null, null);
        }

        var parts = Encoding.UTF8.GetString(buffer, 0, length).Split(':', 2);
        return (Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : null);
    }
}
