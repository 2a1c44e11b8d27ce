using Microsoft.Net.Http.Headers;
using Switchboard.Core.Providers.OAuth;

namespace Switchboard.Edge.Api.Platform.Connections;

/// <summary>What the account holder sees in the browser: who asks, and how it ended.</summary>
internal static class ConnectionPage
{
    /// <summary>Who asks, for what, and a button that goes on.</summary>
    /// <param name="context">The request.</param>
    /// <param name="subject">What is connected.</param>
    /// <param name="pending">What was begun.</param>
    /// <param name="provider">At which provider.</param>
    /// <param name="action">Where the button goes.</param>
    public static IResult Confirm(
        HttpContext context, ConnectionSubject subject, PendingConnection pending, OAuthProvider provider, string action)
    {
        // some browsers hold each redirect that follows a form against this: to the provider, and on to where its users sign in
        HtmlPage.Protect(context.Response, $"'self' https: {provider.AuthorizationUrl.GetLeftPart(UriPartial.Authority)}");
        var meant = pending.Account is { } address
            ? $"the {subject.Name} <b><bdi>{HtmlPage.Text(address)}</bdi></b>"
            : $"a {subject.Name}";
        var label = HtmlPage.Text(provider.Label);
        return HtmlPage.Of(
            $"Connect a {subject.Name}?",
            $"""
            <p><b><bdi>{HtmlPage.Text(pending.UserName)}</bdi></b> (<bdi>{HtmlPage.Text(pending.UserEmail)}</bdi>) asks to connect
            {meant} at {label} to Switchboard at {HtmlPage.Text(context.Request.Host.Value ?? "")}. {subject.Consequence}</p>
            <p>Go on only if this is you, or if you want to {subject.Permission}. If you did not expect this page, close it: nothing is
            connected.</p>
            <form method="post" action="{HtmlPage.Text(action)}"><button type="submit">Continue to {label}</button></form>
            """,
            StatusCodes.Status200OK);
    }

    /// <summary>It is connected: a page for a browser, the account for a program.</summary>
    public static IResult Connected<TAccount>(HttpContext context, ConnectionSubject subject, string name, TAccount account)
    {
        HtmlPage.Protect(context.Response);
        return AcceptedForm.PrefersHtml(context.Request)
            ? HtmlPage.Of(
                $"{subject.Title} connected",
                $"<p><bdi>{HtmlPage.Text(name)}</bdi> is connected to Switchboard. You can close this window.</p>",
                StatusCodes.Status200OK)
            : TypedResults.Ok(account);
    }

    /// <summary>It is not, and why.</summary>
    public static IResult Refused(HttpContext context, ConnectionSubject subject, ConnectionRefusal refusal)
    {
        HtmlPage.Protect(context.Response);
        var problem = refusal.ToProblem(context);
        return AcceptedForm.PrefersHtml(context.Request)
            ? HtmlPage.Of($"{subject.Title} not connected", $"<p>{HtmlPage.Text(refusal.Detail)}</p>", refusal.Status)
            : problem;
    }
}

/// <summary>In which form an answer is wanted (RFC 9110, 12.5.1).</summary>
internal static class AcceptedForm
{
    private const string Html = "text/html";
    private const string Json = "application/json";

    /// <summary>Whether HTML is wanted more than JSON, as browsers say; a client that takes anything gets JSON.</summary>
    public static bool PrefersHtml(HttpRequest request) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted) && Quality(accepted, Html) > Quality(accepted, Json);

    // the most specific range that fits counts
    private static double Quality(IList<MediaTypeHeaderValue> accepted, string type)
    {
        var wanted = new MediaTypeHeaderValue(type);
        var range = accepted.Where(range => wanted.IsSubsetOf(range))
            .OrderBy(range => range.MatchesAllTypes ? 2 : range.MatchesAllSubTypes ? 1 : 0)
            .FirstOrDefault();
        return range is null ? 0 : range.Quality ?? 1;
    }
}
