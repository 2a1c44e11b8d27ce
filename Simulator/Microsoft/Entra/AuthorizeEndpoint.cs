using Microsoft.Extensions.Options;
using Switchboard.Simulator.Control;

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
            return AuthorizationCodes.Back(redirect, query, ("error", "invalid_request"), ("error_description", error));
        }

        // without a hint a person would choose an account: there is one that is always there
        var mailbox = mailboxes.Find((string?)query["login_hint"] is { Length: > 0 } hint ? hint : GraphMailboxes.Demo);
        if (mailbox is null)
        {
            return AuthorizationCodes.Back(redirect, query, ("error", "access_denied"),
                ("error_description", "AADSTS65004: User declined to consent to access the app."));
        }

        var code = new AuthorizationCode(
            mailbox.Address,
            options.Value.ClientId,
            redirect.OriginalString,
            query["scope"].ToString(),
            (string?)query["code_challenge"] is { Length: > 0 } challenge ? challenge : null,
            WithRefresh: query["scope"].ToString().Split(' ').Contains("offline_access"),
            timeProvider.GetUtcNow() + AuthorizationCodes.Life);
        return AuthorizationCodes.Back(redirect, query, ("code", codes.Issue("M.C5_SIM.2.U.", code)));
    }

    private static string? Error(IQueryCollection query) =>
        query["response_type"] != "code" ? "AADSTS700054: response_type is not enabled for the application: use code."
        : string.IsNullOrWhiteSpace(query["scope"]) ? "AADSTS900144: The request body must contain the following parameter: 'scope'."
        : !string.IsNullOrEmpty(query["code_challenge"]) && query["code_challenge_method"] != "S256"
            ? "AADSTS501491: Invalid code_challenge_method: use S256."
        : null;
}
