using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Switchboard.Edge.Api.Webhooks.Gmail;

/// <summary>Who may push to <c>/api/webhooks/gmail</c>; section <c>Gmail</c>.</summary>
internal sealed class GmailPushOptions
{
    public const string Section = "Gmail";

    /// <summary>Where the public keys of the signer are (a JWK set).</summary>
    [Required(ErrorMessage = "Set Gmail:PushKeysUrl.")]
    public Uri PushKeysUrl { get; init; } = new("https://www.googleapis.com/oauth2/v3/certs");

    /// <summary>The audience that the push subscription names.</summary>
    [Required(ErrorMessage = "Set Gmail:PushAudience to the audience of the push subscription.")]
    public string PushAudience { get; init; } = "";

    /// <summary>The service account that the push subscription uses.</summary>
    [Required(ErrorMessage = "Set Gmail:PushServiceAccount to the service account of the push subscription.")]
    public string PushServiceAccount { get; init; } = "";

    /// <summary>How old the keys may be before they are fetched again, in seconds.</summary>
    [Range(60, 86_400)]
    public int PushKeysMaxAgeSeconds { get; init; } = 3_600;

    /// <summary>How long to wait before an unknown key id makes them be fetched once more, in seconds.</summary>
    [Range(1, 3_600)]
    public int PushKeysMinAgeSeconds { get; init; } = 10;
}

/// <summary>
/// Verifies the JWT that Pub/Sub sends with a push: signed with RS256 by one of Google's keys, from Google, for us, by the service
/// account of the subscription, and not over.
/// </summary>
internal sealed class GmailPushToken(GmailPushKeys keys, IOptions<GmailPushOptions> options, TimeProvider clock)
{
    private const string Bearer = "Bearer ";

    private static readonly string[] Issuers = ["https://accounts.google.com", "accounts.google.com"];

    // what differs between Google's clock and ours
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    private readonly JsonWebTokenHandler _handler = new();

    /// <summary>Whether an <c>Authorization</c> header carries such a token.</summary>
    /// <exception cref="HttpRequestException">The keys could not be fetched.</exception>
    public async Task<bool> IsValidAsync(string? authorization, CancellationToken cancellationToken)
    {
        if (authorization?.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) is not true
            || Read(authorization[Bearer.Length..].Trim()) is not { Kid.Length: > 0 } token
            || await keys.FindAsync(token.Kid, cancellationToken) is not { } key)
            return false;

        var result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            IssuerSigningKey = key,
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            ValidIssuers = Issuers,
            ValidAudience = options.Value.PushAudience,
            RequireExpirationTime = true,
            LifetimeValidator = IsAlive,
        });
        return result.IsValid
            && token.TryGetClaim("email", out var email) && email.Value == options.Value.PushServiceAccount
            && token.TryGetClaim("email_verified", out var verified)
            && string.Equals(verified.Value, "true", StringComparison.OrdinalIgnoreCase);
    }

    private JsonWebToken? Read(string text)
    {
        try
        {
            return _handler.CanReadToken(text) ? _handler.ReadJsonWebToken(text) : null;
        }
        catch (ArgumentException)
        {
            // three parts, but not a token
            return null;
        }
    }

    private bool IsAlive(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return expires is not null && now < expires.Value + ClockSkew && (notBefore is null || now > notBefore.Value - ClockSkew);
    }
}
