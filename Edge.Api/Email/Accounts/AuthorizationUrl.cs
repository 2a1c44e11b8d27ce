using System.Text;
using Microsoft.AspNetCore.Http.Extensions;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>Where the owner of a mailbox consents, and where they come back to.</summary>
internal static class AuthorizationUrl
{
    /// <summary>Read mail, know whose it is, and go on without its owner being there.</summary>
    public const string Scopes = "offline_access Mail.Read User.Read";

    public const string CallbackPath = "/api/accounts/email/callback";

    /// <summary>Where owners come back to. It must be registered with the application.</summary>
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
    /// <param name="redirect">Where to come back to.</param>
    /// <param name="state">What comes back with them.</param>
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
