using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Google;

/// <summary>Google's OAuth 2.0: the token endpoint and the keys of its JWTs.</summary>
internal static class OAuthEndpoints
{
    private const string CodePrefix = "demo-code:";

    public static void MapOAuth(this RouteGroupBuilder gmail)
    {
        gmail.MapPost("/oauth/token", TokenAsync);
        gmail.MapPost("/oauth/revoke", RevokeAsync);
        gmail.MapGet("/oauth/jwks", (PushKey key) => Results.Json(key.Jwks(), GmailJson.Default.Jwks));
    }

    private static async Task<IResult> TokenAsync(HttpContext context, AccessTokens tokens, IOptions<GmailOptions> options)
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
                "authorization_code" => Exchange(tokens, form["code"]),
                null or "" => OAuthErrors.NoForm,
                var other => OAuthErrors.WrongGrant(other),
            };
    }

    // RFC 7009; Google takes a refresh token, in the form or the query, and ends its whole grant
    private static async Task<IResult> RevokeAsync(HttpContext context, AccessTokens tokens)
    {
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : null;
        var token = form is null ? context.Request.Query["token"] : form["token"];
        if (tokens.Read(token) is not { } grant || tokens.IsRevoked(grant.Address))
        {
            return OAuthErrors.InvalidToken;
        }

        tokens.Revoke(grant.Address);
        return Results.Ok();
    }

    private static IResult Refresh(AccessTokens tokens, string? refreshToken) =>
        tokens.Read(refreshToken) is not { } grant ? OAuthErrors.UnknownToken
        : tokens.IsRevoked(grant.Address) ? OAuthErrors.Revoked
        : Results.Json(new TokenResponse(tokens.Issue(grant), tokens.LifetimeSeconds), GmailJson.Default.TokenResponse);

    // authorized again: what was revoked is allowed
    private static IResult Exchange(AccessTokens tokens, string? code)
    {
        if (code is null || !code.StartsWith(CodePrefix, StringComparison.Ordinal))
        {
            return OAuthErrors.UnknownCode;
        }

        var grant = new MailboxGrant(code[CodePrefix.Length..], OpensAll: false);
        tokens.Restore(grant.Address);
        return Results.Json(
            new TokenResponse(tokens.Issue(grant), tokens.LifetimeSeconds, tokens.RefreshTokenOf(grant.Address)),
            GmailJson.Default.TokenResponse);
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
