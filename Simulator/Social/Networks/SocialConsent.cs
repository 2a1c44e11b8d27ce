using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Social;

/// <summary>Why a code was not exchanged.</summary>
internal enum CodeFault
{
    UnknownClient,
    WrongSecret,
    UnknownCode,
    WrongRedirect,
    WrongVerifier,
}

/// <summary>
/// The page where account holders consent, the same at all platforms: the account that <c>account</c> or <c>login_hint</c> names consents
/// at once, unless it was made to decline (<c>POST /_sim/social/accounts</c>).
/// </summary>
internal sealed class SocialConsent(SocialNetwork network, AuthorizationCodes codes)
{
    /// <summary>Whether the application has to send a challenge (RFC 7636).</summary>
    public bool NeedsChallenge { get; init; }

    /// <summary>The secret of an application; null when there is none of this id. Without it there is one, of the configuration.</summary>
    public Func<string?, string?>? SecretOf { get; init; }

    public IResult Authorize(HttpContext context)
    {
        var query = context.Request.Query;
        string? clientId = query["client_id"];
        // before these two are known to be right, nobody is sent anywhere
        if (Secret(clientId) is null)
        {
            return Results.Text("There is no application of this client_id.", statusCode: 400);
        }

        if (!Uri.TryCreate(query["redirect_uri"], UriKind.Absolute, out var redirect) || redirect.Scheme is not ("http" or "https"))
        {
            return Results.Text("redirect_uri is not an address that the application registered.", statusCode: 400);
        }

        string? challenge = query["code_challenge"];
        if (query["response_type"] != "code" || string.IsNullOrWhiteSpace(query["scope"])
            || (string.IsNullOrEmpty(challenge) ? NeedsChallenge : query["code_challenge_method"] != "S256"))
        {
            return AuthorizationCodes.Back(redirect, query, ("error", "invalid_request"));
        }

        // without a hint a person would choose an account: there is one that is always there
        var named = (string?)query["account"] is { Length: > 0 } chosen ? chosen : (string?)query["login_hint"];
        var account = network.Accounts.Of(string.IsNullOrWhiteSpace(named) ? network.Settings.Account : named);
        if (account.State == SocialAccountState.Declining)
        {
            return AuthorizationCodes.Back(
                redirect, query, ("error", "access_denied"), ("error_description", "The account holder declined."));
        }

        account.Authorize();
        var code = new AuthorizationCode(
            account.Handle, clientId!, redirect.OriginalString, query["scope"].ToString(),
            string.IsNullOrEmpty(challenge) ? null : challenge,
            WithRefresh: query["scope"].ToString().Split(' ').Contains("offline.access"), network.Now + AuthorizationCodes.Life);
        return AuthorizationCodes.Back(redirect, query, ("code", codes.Issue("sim-", code)));
    }

    /// <summary>What a code stands for that an application exchanges; null with the reason why not.</summary>
    public AuthorizationCode? Redeem((string? Id, string? Secret) client, Func<string, string?> parameter, out CodeFault fault)
    {
        if (Check(client) is { } wrong)
        {
            fault = wrong;
            return null;
        }

        var code = codes.Take(parameter("code"), client.Id!);
        fault = code is null ? CodeFault.UnknownCode
            : parameter("redirect_uri") != code.RedirectUri ? CodeFault.WrongRedirect
            : CodeFault.WrongVerifier;
        return code is not null && fault == CodeFault.WrongVerifier && code.Verifies(parameter("code_verifier")) ? code : null;
    }

    /// <summary>What is wrong with the application's id and secret; null for nothing.</summary>
    public CodeFault? Check((string? Id, string? Secret) client) =>
        Secret(client.Id) is not { } secret ? CodeFault.UnknownClient : client.Secret != secret ? CodeFault.WrongSecret : null;

    private string? Secret(string? clientId) =>
        SecretOf is not null ? SecretOf(clientId) : clientId == network.ClientId ? network.ClientSecret : null;
}
