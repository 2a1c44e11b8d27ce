using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Google;

/// <summary>Google's OAuth 2.0: where account holders consent, the token endpoint, revocation, and the keys of its JWTs.</summary>
internal static class OAuthEndpoints
{
    private const string CodePrefix = "demo-code:";

    public static void MapOAuth(this RouteGroupBuilder gmail)
    {
        gmail.MapGet("/oauth/authorize", GoogleConsent.Authorize);
        gmail.MapPost("/oauth/token", TokenAsync);
        gmail.MapPost("/oauth/revoke", RevokeAsync);
        gmail.MapGet("/oauth/jwks", (PushKey key) => Results.Json(key.Jwks(), GmailJson.Default.Jwks));
    }

    private static async Task<IResult> TokenAsync(
        HttpContext context, AccessTokens tokens, AuthorizationCodes codes, IOptions<GmailOptions> options)
    {
        if (!context.Request.HasFormContentType)
        {
            return OAuthErrors.NoForm;
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var (id, secret) = OAuthClient.Read(context.Request.Headers.Authorization, form);
        return id != options.Value.ClientId ? OAuthErrors.UnknownClient
            : secret != options.Value.ClientSecret ? OAuthErrors.WrongSecret
            : (string?)form["grant_type"] switch
            {
                "refresh_token" => Refresh(tokens, form["refresh_token"]),
                "authorization_code" => Exchange(tokens, codes, options.Value, form),
                null or "" => OAuthErrors.NoForm,
                var other => OAuthErrors.WrongGrant(other),
            };
    }

    private static IResult Refresh(AccessTokens tokens, string? refreshToken) =>
        tokens.Read(refreshToken) is not { } grant ? OAuthErrors.UnknownToken
        : tokens.IsRevoked(grant.Address) ? OAuthErrors.Revoked
        : Results.Json(new TokenResponse(tokens.Issue(grant), tokens.LifetimeSeconds), GmailJson.Default.TokenResponse);

    // authorized again: what was revoked is allowed
    private static IResult Exchange(AccessTokens tokens, AuthorizationCodes codes, GmailOptions options, IFormCollection form)
    {
        var code = form["code"].ToString();
        if (code.StartsWith(CodePrefix, StringComparison.Ordinal))
        {
            tokens.Restore(code[CodePrefix.Length..]);
            return Answer(tokens, code[CodePrefix.Length..], withRefresh: true);
        }

        return codes.Take(code, options.ClientId) is not { } taken ? OAuthErrors.UnknownCode
            : form["redirect_uri"] != taken.RedirectUri ? OAuthErrors.WrongRedirect
            : !taken.Verifies(form["code_verifier"]) ? OAuthErrors.WrongVerifier
            : Answer(tokens, taken.Address, taken.WithRefresh);
    }

    private static IResult Answer(AccessTokens tokens, string address, bool withRefresh) => Results.Json(
        new TokenResponse(
            tokens.Issue(new MailboxGrant(address, OpensAll: false)), tokens.LifetimeSeconds,
            withRefresh ? tokens.RefreshTokenOf(address) : null),
        GmailJson.Default.TokenResponse);

    private static async Task<IResult> RevokeAsync(HttpContext context, AccessTokens tokens)
    {
        var token = context.Request.HasFormContentType
            ? (await context.Request.ReadFormAsync(context.RequestAborted))["token"]
            : context.Request.Query["token"];
        return tokens.RevokeToken(token) ? Results.Json(new object()) : OAuthErrors.InvalidToken;
    }
}

/// <summary>
/// <c>GET /oauth/authorize</c>: the account holder of the mailbox that <c>login_hint</c> names consents at once, unless they were made to
/// decline (<c>POST /_sim/gmail/consent</c>). As at Google, a refresh token comes only with <c>access_type=offline</c>, and of a mailbox
/// that has consented before only with <c>prompt=consent</c>.
/// </summary>
internal static class GoogleConsent
{
    public static IResult Authorize(
        HttpContext context, AccessTokens tokens, AuthorizationCodes codes, IOptions<GmailOptions> options, TimeProvider timeProvider)
    {
        var query = context.Request.Query;
        // before these two are known to be right, nobody is sent anywhere
        if (query["client_id"] != options.Value.ClientId)
        {
            return OAuthErrors.UnknownClient;
        }

        if (!Uri.TryCreate(query["redirect_uri"], UriKind.Absolute, out var redirect) || redirect.Scheme is not ("http" or "https"))
        {
            return OAuthErrors.WrongRedirect;
        }

        if (query["response_type"] != "code" || string.IsNullOrWhiteSpace(query["scope"])
            || (!string.IsNullOrEmpty(query["code_challenge"]) && query["code_challenge_method"] != "S256"))
        {
            return AuthorizationCodes.Back(redirect, query, ("error", "invalid_request"));
        }

        // without a hint a person would choose an account: there is one that is always there
        var address = (string?)query["login_hint"] is { Length: > 0 } hint ? hint.ToLowerInvariant() : Mailboxes.Demo;
        if (tokens.IsDeclining(address))
        {
            return AuthorizationCodes.Back(redirect, query, ("error", "access_denied"));
        }

        var isFirst = tokens.Consent(address);
        var code = new AuthorizationCode(
            address,
            options.Value.ClientId,
            redirect.OriginalString,
            query["scope"].ToString(),
            (string?)query["code_challenge"] is { Length: > 0 } challenge ? challenge : null,
            WithRefresh: query["access_type"] == "offline" && (isFirst || query["prompt"].ToString().Split(' ').Contains("consent")),
            timeProvider.GetUtcNow() + AuthorizationCodes.Life);
        return AuthorizationCodes.Back(redirect, query, ("code", codes.Issue("4/0Asim", code)));
    }
}

/// <summary>What the token endpoint answers.</summary>
internal sealed record TokenResponse(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("expires_in")] int ExpiresIn,
    [property: JsonPropertyName("refresh_token")] string? RefreshToken = null)
{
    [JsonPropertyName("scope")]
    public string Scope => "https://www.googleapis.com/auth/gmail.readonly";

    [JsonPropertyName("token_type")]
    public string TokenType => "Bearer";
}

/// <summary>An error of the token endpoint (RFC 6749, 5.2): <c>{error,error_description}</c>.</summary>
internal sealed record OAuthError(int Status, string Error, string Description) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext);

    public async Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, ReadableJson.Writer);
        json.WriteStartObject();
        json.WriteString("error", Error);
        json.WriteString("error_description", Description);
        json.WriteEndObject();
    }
}

/// <summary>The errors of Google's token endpoint.</summary>
internal static class OAuthErrors
{
    public static OAuthError UnknownClient { get; } = new(401, "invalid_client", "The OAuth client was not found.");

    public static OAuthError WrongSecret { get; } = new(401, "invalid_client", "Unauthorized");

    public static OAuthError Revoked { get; } = new(400, "invalid_grant", "Token has been expired or revoked.");

    public static OAuthError UnknownToken { get; } = new(400, "invalid_grant", "Bad Request");

    public static OAuthError UnknownCode { get; } = new(400, "invalid_grant", "Malformed auth code.");

    public static OAuthError WrongRedirect { get; } = new(400, "redirect_uri_mismatch", "Bad Request");

    public static OAuthError WrongVerifier { get; } = new(400, "invalid_grant", "Invalid code verifier.");

    public static OAuthError InvalidToken { get; } = new(400, "invalid_token", "Token expired or revoked");

    public static OAuthError NoForm { get; } = new(400, "invalid_request", "Required parameter is missing: grant_type");

    public static OAuthError WrongGrant(string? grant) => new(400, "unsupported_grant_type", $"Invalid grant_type: {grant}");

    /// <summary>The error of a fault that was asked for.</summary>
    public static OAuthError Fault(int? status, string? error) => error switch
    {
        "invalid_grant" => Revoked with { Status = status ?? 400 },
        "invalid_client" => WrongSecret with { Status = status ?? 401 },
        not null => new(status ?? 400, error, "Bad Request"),
        null when status is 400 => Revoked,
        null when status is 401 => WrongSecret,
        null when status is 429 => new(429, "rate_limit_exceeded", "Rate limit exceeded"),
        null => new(status ?? 500, "internal_failure", "Internal error"),
    };
}
