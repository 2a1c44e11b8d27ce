using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Switchboard.Simulator.Entra;

/// <summary>What was agreed when a code was given out.</summary>
/// <param name="Address">Whose mailbox.</param>
/// <param name="ClientId">To which application.</param>
/// <param name="RedirectUri">Where it was sent.</param>
/// <param name="Scope">What was asked for.</param>
/// <param name="Challenge">The SHA-256 of the verifier, base64url (RFC 7636); null without PKCE.</param>
/// <param name="ExpiresAt">Until when it is good.</param>
internal sealed record AuthorizationCode(string Address, string ClientId, string RedirectUri, string Scope, string? Challenge, DateTimeOffset ExpiresAt)
{
    /// <summary>Whether a verifier is the one that the challenge was made from.</summary>
    public bool Verifies(string? verifier) =>
        Challenge is null ? string.IsNullOrEmpty(verifier)
        : verifier is { Length: >= 43 and <= 128 }
            && CryptographicOperations.FixedTimeEquals(
                Encoding.ASCII.GetBytes(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))), Encoding.ASCII.GetBytes(Challenge));
}
