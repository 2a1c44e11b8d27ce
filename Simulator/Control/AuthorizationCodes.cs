using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Switchboard.Simulator.Control;

/// <summary>The codes that account holders brought back, of every provider: each is good for ten minutes and once.</summary>
internal sealed class AuthorizationCodes(TimeProvider timeProvider)
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<string, AuthorizationCode> _codes = new();

    /// <summary>Gives one out, in its provider's form.</summary>
    public string Issue(string prefix, AuthorizationCode code)
    {
        foreach (var (old, other) in _codes)
        {
            if (other.ExpiresAt <= timeProvider.GetUtcNow())
            {
                _codes.TryRemove(old, out _);
            }
        }

        var text = prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(36));
        _codes[text] = code;
        return text;
    }

    /// <summary>Takes a code; null when there is none of this application, or no more.</summary>
    public AuthorizationCode? Take(string? code, string clientId) =>
        code is not null && _codes.TryRemove(code, out var taken) && taken.ExpiresAt > timeProvider.GetUtcNow()
            && taken.ClientId == clientId
            ? taken
            : null;

    /// <summary>Sends the account holder's browser back (RFC 6749, 4.1.2).</summary>
    public static IResult Back(Uri redirect, IQueryCollection query, params ReadOnlySpan<(string Name, string Value)> parameters)
    {
        var address = redirect.OriginalString;
        foreach (var (name, value) in parameters)
        {
            address = QueryHelpers.AddQueryString(address, name, value);
        }

        return Results.Redirect(
            (string?)query["state"] is { Length: > 0 } state ? QueryHelpers.AddQueryString(address, "state", state) : address);
    }
}

/// <summary>What was agreed when a code was given out.</summary>
/// <param name="Address">Whose mailbox.</param>
/// <param name="ClientId">To which application.</param>
/// <param name="RedirectUri">Where it was sent.</param>
/// <param name="Scope">What was asked for.</param>
/// <param name="Challenge">The SHA-256 of the verifier, base64url (RFC 7636); null without PKCE.</param>
/// <param name="WithRefresh">Whether a refresh token comes with the access token.</param>
/// <param name="ExpiresAt">Until when it is good.</param>
internal sealed record AuthorizationCode(
    string Address, string ClientId, string RedirectUri, string Scope, string? Challenge, bool WithRefresh, DateTimeOffset ExpiresAt)
{
    /// <summary>Whether a verifier is the one that the challenge was made from.</summary>
    public bool Verifies(string? verifier) =>
        Challenge is null ? string.IsNullOrEmpty(verifier)
        : verifier is { Length: >= 43 and <= 128 }
            && CryptographicOperations.FixedTimeEquals(
                Encoding.ASCII.GetBytes(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))),
                Encoding.ASCII.GetBytes(Challenge));
}
