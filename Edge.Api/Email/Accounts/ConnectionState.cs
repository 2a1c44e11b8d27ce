using System.Security.Cryptography;
using System.Text;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>The <c>state</c> of an authorization (RFC 6749, 4.1.1): 256 random bits of which only the hash is stored.</summary>
internal static class ConnectionState
{
    private const int Length = 43;

    public static string New() => Pkce.RandomToken();

    /// <summary>What is stored of it; null when it cannot be one of ours.</summary>
    public static byte[]? Hash(string? state) =>
        state is { Length: Length } ? SHA256.HashData(Encoding.UTF8.GetBytes(state)) : null;
}
