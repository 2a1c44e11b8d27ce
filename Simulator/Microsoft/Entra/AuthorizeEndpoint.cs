using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace Switchboard.Simulator.Microsoft;

/// <summary>
/// <c>GET /{tenant}/oauth2/v2.0/authorize</c>: the account holder of the mailbox that <c>login_hint</c> names authorizes at once.
/// </summary>
internal static class AuthorizeEndpoint
{
    public static IResult Authorize(
        HttpContext context, AuthorizationCodes codes, GraphMailboxes mailboxes, IOptions<GraphOptions> options, TimeProvider timeProvider)
    {
        var query = context.Request.Query;
        // before these two are known to be right, nobody is sent anywhere
        if (query["client_id"] != options.Value.ClientId)
        {
            return EntraErrors.UnknownClient(query["client_id"]);
        }

        if (!Uri.TryCreate(query["redirect_uri"], UriKind.Absolute, out var redirect) || redirect.Scheme is not ("http" or "https"))
        {
            return EntraErrors.WrongRedirect;
        }

        if (Error(query) is { } error)
        {
            return Back(redirect, query, ("error", "invalid_request"), ("error_description", error));
        }

        // without a hint a person would choose an account: there is one that is always there
        var mailbox = mailboxes.Find((string?)query["login_hint"] is { Length: > 0 } hint ? hint : GraphMailboxes.Demo);
        if (mailbox is null)
        {
            return Back(redirect, query, ("error", "access_denied"),
                ("error_description", "AADSTS65004: User declined to consent to access the app."));
        }

        var code = new AuthorizationCode(
            mailbox.Address,
            options.Value.ClientId,
            redirect.OriginalString,
            query["scope"].ToString(),
            (string?)query["code_challenge"] is { Length: > 0 } challenge ? challenge : null,
            timeProvider.GetUtcNow() + AuthorizationCodes.Life);
        return Back(redirect, query, ("code", codes.Issue(code)));
    }

    private static string? Error(IQueryCollection query) =>
        query["response_type"] != "code" ? "AADSTS700054: response_type is not enabled for the application: use code."
        : string.IsNullOrWhiteSpace(query["scope"]) ? "AADSTS900144: The request body must contain the following parameter: 'scope'."
        : !string.IsNullOrEmpty(query["code_challenge"]) && query["code_challenge_method"] != "S256"
            ? "AADSTS501491: Invalid code_challenge_method: use S256."
        : null;

    private static IResult Back(Uri redirect, IQueryCollection query, params ReadOnlySpan<(string Name, string Value)> parameters)
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

/// <summary>The codes given out: each is good for ten minutes and once.</summary>
internal sealed class AuthorizationCodes(TimeProvider timeProvider)
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<string, AuthorizationCode> _codes = new();

    public string Issue(AuthorizationCode code)
    {
        foreach (var (old, other) in _codes)
        {
            if (other.ExpiresAt <= timeProvider.GetUtcNow())
            {
                _codes.TryRemove(old, out _);
            }
        }

        var text = "M.C5_SIM.2.U." + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(36));
        _codes[text] = code;
        return text;
    }

    /// <summary>Takes a code; null when there is none, or no more.</summary>
    public AuthorizationCode? Take(string? code) =>
        code is not null && _codes.TryRemove(code, out var taken) && taken.ExpiresAt > timeProvider.GetUtcNow() ? taken : null;
}

/// <summary>What was agreed when a code was given out.</summary>
/// <param name="Address">Whose mailbox.</param>
/// <param name="ClientId">To which application.</param>
/// <param name="RedirectUri">Where it was sent.</param>
/// <param name="Scope">What was asked for.</param>
/// <param name="Challenge">The SHA-256 of the verifier, base64url (RFC 7636); null without PKCE.</param>
/// <param name="ExpiresAt">Until when it is good.</param>
internal sealed record AuthorizationCode(
    string Address, string ClientId, string RedirectUri, string Scope, string? Challenge, DateTimeOffset ExpiresAt)
{
    /// <summary>Whether a verifier is the one that the challenge was made from.</summary>
    public bool Verifies(string? verifier) =>
        Challenge is null ? string.IsNullOrEmpty(verifier)
        : verifier is { Length: >= 43 and <= 128 }
            && CryptographicOperations.FixedTimeEquals(
                Encoding.ASCII.GetBytes(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))),
                Encoding.ASCII.GetBytes(Challenge));
}
