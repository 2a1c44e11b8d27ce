using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Switchboard.Core.Providers.OAuth;

/// <summary>A provider whose account holders authorize this installation: OAuth 2.0 by code (RFC 6749, 4.1) with PKCE (RFC 7636).</summary>
public sealed record OAuthProvider
{
    /// <summary>Its name, as it is stored and as the API shows it.</summary>
    public required string Name { get; init; }

    /// <summary>Its name for people.</summary>
    public required string Label { get; init; }

    /// <summary>Where an account holder authorizes.</summary>
    public required Uri AuthorizationUrl { get; init; }

    /// <summary>Where codes and refresh tokens are exchanged for access tokens.</summary>
    public required Uri TokenUrl { get; init; }

    /// <summary>What tells whose account an access token opens.</summary>
    public required Uri ProfileUrl { get; init; }

    /// <summary>Reads what <see cref="ProfileUrl"/> answers; null when there is no such account.</summary>
    public required Func<JsonElement, AccountProfile?> ReadProfile { get; init; }

    /// <summary>The application as it is registered there; empty when it is not, then nothing can be connected.</summary>
    public required string ClientId { get; init; }

    /// <summary>Its secret; empty for a public client, which PKCE alone protects.</summary>
    public string ClientSecret { get; init; } = "";

    /// <summary>What is asked for, separated by spaces.</summary>
    public required string Scopes { get; init; }

    /// <summary>Further parameters: without these the provider gives no refresh token, or shows no consent page.</summary>
    public required IReadOnlyDictionary<string, string> AuthorizationParameters { get; init; }

    /// <summary>For what its refresh tokens are encrypted.</summary>
    public required string RefreshTokenPurpose { get; init; }

    /// <summary>How long an answer may take while a person waits for it.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long before its end an access token is renewed, or at half of its time if that is later.</summary>
    public TimeSpan RenewEarly { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether codes are bound to who began (RFC 7636); not at an authority that refuses what it does not know.</summary>
    public bool UsesPkce { get; init; } = true;

    /// <summary>Whether the application shows its secret in the header (RFC 6749, 2.3.1), and not in the form.</summary>
    public bool UsesBasicAuthentication { get; init; }

    /// <summary>Codes of its own, with their messages, that mean that nothing but the account holder's consent helps.</summary>
    public Func<string, string, bool> IsRevoked { get; init; } = static (_, _) => false;

    /// <summary>What it is called by; null for the client that was registered for it.</summary>
    public HttpClient? Http { get; init; }

    internal string HttpClientName => $"oauth-{Name}";

    /// <summary>Where to send an account holder's browser.</summary>
    /// <param name="redirectUri">Where it is sent back to; it must be registered with the application.</param>
    /// <param name="state">What comes back with the code.</param>
    /// <param name="verifier">Of which the challenge is sent.</param>
    /// <param name="account">Which account is meant; null to choose there.</param>
    public Uri Authorization(string redirectUri, string state, string verifier, string? account)
    {
        var url = new StringBuilder(AuthorizationUrl.AbsoluteUri);
        Add("client_id", ClientId);
        Add("response_type", "code");
        Add("redirect_uri", redirectUri);
        Add("scope", Scopes);
        Add("state", state);
        if (UsesPkce)
        {
            Add("code_challenge", Pkce.Challenge(verifier));
            Add("code_challenge_method", Pkce.Method);
        }

        foreach (var (name, value) in AuthorizationParameters)
            Add(name, value);
        if (account is not null)
            Add("login_hint", account);
        return new(url.ToString());

        void Add(string name, string value) => url
            .Append(name == "client_id" ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
    }
}

/// <summary>Whose account it is, as the provider says.</summary>
/// <param name="Name">The name by which it is kept: of a mailbox, its address.</param>
/// <param name="OtherNames">By which it is known too.</param>
public sealed record AccountProfile(string Name, params IReadOnlyList<string> OtherNames)
{
    /// <summary>Its id at the provider, which stays when its name is changed; empty where it is known by its name.</summary>
    public string Id { get; init; } = "";

    /// <summary>Its name for people; null where it has none.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Whether this is one of its names.</summary>
    public bool Is(string name) =>
        OtherNames.Prepend(Name).Any(one => string.Equals(one.Trim(), name.Trim(), StringComparison.OrdinalIgnoreCase));
}

/// <summary>Proof key for code exchange (RFC 7636): the one that ends an authorization proves that it began it.</summary>
public static class Pkce
{
    /// <summary>How the challenge is made of the verifier.</summary>
    public const string Method = "S256";

    private const int Bytes = 32;

    /// <summary>The challenge, which shows nothing of its verifier (4.2).</summary>
    public static string Challenge(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    /// <summary>256 random bits, base64url: a verifier, a state, a cookie.</summary>
    public static string RandomToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>What is stored of a token that others hold; null when it cannot be one of <see cref="RandomToken"/>.</summary>
    public static byte[]? Hash(string? token) =>
        token is not null && token.Length == Base64Url.GetEncodedLength(Bytes) ? SHA256.HashData(Encoding.UTF8.GetBytes(token)) : null;
}

/// <summary>Registration of providers.</summary>
public static class OAuthServices
{
    /// <summary>Adds a provider by its name, and what speaks to its authority.</summary>
    public static IServiceCollection AddOAuthProvider(
        this IServiceCollection services, string name, Func<IServiceProvider, OAuthProvider> read)
    {
        services.AddKeyedSingleton(name, (provider, _) => read(provider));
        // the operator named the address: it may be a gateway of theirs
        services.AddProviderHttpClient($"oauth-{name}", provider =>
        {
            var settings = provider.GetRequiredKeyedService<OAuthProvider>(name);
            return new(settings.TokenUrl.AbsoluteUri, settings.Timeout, AllowPrivateAddresses: true);
        });
        services.TryAddSingleton<OAuthClient>();
        return services;
    }
}
