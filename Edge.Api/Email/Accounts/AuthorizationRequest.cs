using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Extensions;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>Where the account holder authorizes access to a mailbox, and where the authority sends them back to.</summary>
internal static class AuthorizationUrl
{
    /// <summary>Read mail, know whose it is, and go on while the account holder is offline.</summary>
    public const string Scopes = "offline_access Mail.Read User.Read";

    public const string CallbackPath = "/api/accounts/email/callback";

    /// <summary>Where the authority redirects to. It must be registered with the application.</summary>
    /// <param name="publicBaseUrl">The edge as browsers reach it, if that is configured.</param>
    /// <param name="request">The request; what trusted proxies say is in it already.</param>
    public static string Redirect(string? publicBaseUrl, HttpRequest request)
    {
        var address = string.IsNullOrEmpty(publicBaseUrl)
            ? UriHelper.BuildAbsolute(request.Scheme, request.Host, request.PathBase)
            : publicBaseUrl;
        return address.TrimEnd('/') + CallbackPath;
    }

    /// <summary>The address to open (RFC 6749, 4.1.1; RFC 7636, 4.3).</summary>
    /// <param name="options">The authority and the application.</param>
    /// <param name="redirect">Where to redirect to.</param>
    /// <param name="state">What comes back with the code.</param>
    /// <param name="verifier">Of which the challenge is sent.</param>
    /// <param name="address">Which mailbox is meant; null to choose there.</param>
    public static string Of(GraphAccountOptions options, string redirect, string state, string verifier, string? address)
    {
        var url = new StringBuilder($"{options.Authority.AbsoluteUri.TrimEnd('/')}/oauth2/v2.0/authorize?");
        Add("client_id", options.ClientId);
        Add("response_type", "code");
        Add("redirect_uri", redirect);
        Add("response_mode", "query");
        Add("scope", Scopes);
        Add("state", state);
        Add("code_challenge", Pkce.Challenge(verifier));
        Add("code_challenge_method", Pkce.Method);
        if (address is not null)
            Add("login_hint", address);
        return url.ToString();

        void Add(string name, string value) =>
            url.Append(url[^1] == '?' ? "" : "&").Append(name).Append('=').Append(Uri.EscapeDataString(value));
    }
}

/// <summary>The <c>state</c> of an authorization (RFC 6749, 4.1.1): 256 random bits of which only the hash is stored.</summary>
internal static class ConnectionState
{
    private const int Length = 43;

    public static string New() => Pkce.RandomToken();

    /// <summary>What is stored of it; null when it cannot be one of ours.</summary>
    public static byte[]? Hash(string? state) =>
        state is { Length: Length } ? SHA256.HashData(Encoding.UTF8.GetBytes(state)) : null;
}

/// <summary>Proof key for code exchange (RFC 7636): who finishes an authorization proves that they started it.</summary>
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
