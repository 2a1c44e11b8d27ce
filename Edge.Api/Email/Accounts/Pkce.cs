using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>Proof key for code exchange (RFC 7636): who ends an authorization shows that it is who began it.</summary>
internal static class Pkce
{
    public const string Method = "S256";

    private const int Bytes = 32;

    /// <summary>A new verifier (4.1).</summary>
    public static string NewVerifier() => RandomToken();

    /// <summary>The challenge that shows nothing of its verifier (4.2).</summary>
    public static string Challenge(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    /// <summary>256 random bits, base64url.</summary>
    public static string RandomToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
}
