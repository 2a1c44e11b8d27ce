using System.Text;
using Microsoft.Extensions.Options;

namespace Switchboard.Simulator.Gmail;

/// <summary>Google's OAuth 2.0: the token endpoint and the keys of its JWTs.</summary>
internal static class OAuthEndpoints
{
    private const string CodePrefix = "demo-code:";

    public static void MapOAuth(this RouteGroupBuilder gmail)
    {
        gmail.MapPost("/oauth/token", TokenAsync);
        gmail.MapGet("/oauth/jwks", (PushKey key) => Results.Json(key.Jwks(), GmailJson.Default.Jwks));
    }

    private static async Task<IResult> TokenAsync(HttpContext context, AccessTokens tokens, IOptions<GmailOptions> options)
    {
        if (!context.Request.HasFormContentType)
        {
            return OAuthErrors.NoForm;
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var (id, secret) = Client(context.Request.Headers.Authorization, form);
        return id != options.Value.ClientId ? OAuthErrors.UnknownClient
            : secret != options.Value.ClientSecret ? OAuthErrors.WrongSecret
            : (string?)form["grant_type"] switch
            {
                "refresh_token" => Refresh(tokens, form["refresh_token"]),
                "authorization_code" => Exchange(tokens, form["code"]),
                null or "" => OAuthErrors.NoForm,
                var other => OAuthErrors.WrongGrant(other),
            };
    }

    private static IResult Refresh(AccessTokens tokens, string? refreshToken) =>
        tokens.Read(refreshToken) is not { } consent ? OAuthErrors.UnknownToken
        : tokens.IsRevoked(consent.Address) ? OAuthErrors.Revoked
        : Results.Json(new TokenResponse(tokens.Issue(consent), tokens.LifetimeSeconds), GmailJson.Default.TokenResponse);

    // consent given anew: what was revoked is allowed again
    private static IResult Exchange(AccessTokens tokens, string? code)
    {
        if (code is null || !code.StartsWith(CodePrefix, StringComparison.Ordinal))
        {
            return OAuthErrors.UnknownCode;
        }

        var consent = new Consent(code[CodePrefix.Length..], OpensAll: false);
        tokens.Restore(consent.Address);
        return Results.Json(
            new TokenResponse(tokens.Issue(consent), tokens.LifetimeSeconds, tokens.RefreshTokenOf(consent.Address)),
            GmailJson.Default.TokenResponse);
    }

    // in the form, or as HTTP Basic credentials (RFC 6749, 2.3.1)
    private static (string? Id, string? Secret) Client(string? authorization, IFormCollection form)
    {
        if (authorization is null || !authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return (form["client_id"], form["client_secret"]);
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
