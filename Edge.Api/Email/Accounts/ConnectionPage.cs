using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.Net.Http.Headers;
using Switchboard.Core.Providers.OAuth;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>What the account holder sees in the browser: who asks, and how it ended. The pages load nothing and have no script.</summary>
internal static class ConnectionPage
{
    private const string Style =
        "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1.5rem;color:#222;background:#fff}"
        + "h1{font-size:1.4rem}button{font:inherit;padding:.6rem 1.2rem;color:#fff;background:#0b57d0;border:0;border-radius:.3rem}";

    private static readonly string StyleHash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)));

    /// <summary>Who asks, for what, and a button that goes on.</summary>
    /// <param name="context">The request.</param>
    /// <param name="pending">What was begun.</param>
    /// <param name="provider">At which provider.</param>
    /// <param name="action">Where the button goes.</param>
    public static IResult Confirm(HttpContext context, PendingConnection pending, OAuthProvider provider, string action)
    {
        // some browsers hold each redirect that follows a form against this: to the provider, and on to where its users sign in
        Protect(context.Response, $"'self' https: {provider.AuthorizationUrl.GetLeftPart(UriPartial.Authority)}");
        var mailbox = pending.Account is { } address ? $"the mailbox <b><bdi>{Text(address)}</bdi></b>" : "a mailbox";
        return Page(
            "Connect a mailbox?",
            $"""
            <p><b><bdi>{Text(pending.UserName)}</bdi></b> (<bdi>{Text(pending.UserEmail)}</bdi>) asks to connect {mailbox} at
            {Text(provider.Label)} to Switchboard at {Text(context.Request.Host.Value ?? "")}. Its mail will be read on their behalf.</p>
            <p>Go on only if this is you, or if you want to give them this mail. If you did not expect this page, close it: nothing is
            connected.</p>
            <form method="post" action="{Text(action)}"><button type="submit">Continue to {Text(provider.Label)}</button></form>
            """,
            StatusCodes.Status200OK);
    }

    /// <summary>The mailbox is connected: a page for a browser, the account for a program.</summary>
    public static IResult Connected(HttpContext context, AccountResponse account)
    {
        Protect(context.Response);
        return AcceptedForm.PrefersHtml(context.Request)
            ? Page(
                "Mailbox connected", $"<p><bdi>{Text(account.Address)}</bdi> is connected to Switchboard. You can close this window.</p>",
                StatusCodes.Status200OK)
            : TypedResults.Ok(account);
    }

    /// <summary>It is not, and why.</summary>
    public static IResult Refused(HttpContext context, ConnectionRefusal refusal)
    {
        Protect(context.Response);
        var problem = refusal.ToProblem(context);
        return AcceptedForm.PrefersHtml(context.Request)
            ? Page("Mailbox not connected", $"<p>{Text(refusal.Detail)}</p>", refusal.Status)
            : problem;
    }

    /// <summary>Nothing of it is kept, shown in a frame or told to others: the address that led here has a state in it, or a code.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="formAction">Where forms may lead.</param>
    public static void Protect(HttpResponse response, string formAction = "'none'")
    {
        var headers = response.Headers;
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy =
            $"default-src 'none'; style-src 'sha256-{StyleHash}'; base-uri 'none'; form-action {formAction}; frame-ancestors 'none'";
    }

    private static ContentHttpResult Page(string title, string content, int status) => TypedResults.Content(
        $"""
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title><style>{Style}</style></head>
        <body><main><h1>{title}</h1>
        {content}
        </main></body>
        </html>
        """,
        "text/html; charset=utf-8",
        statusCode: status);

    private static string Text(string text) => HtmlEncoder.Default.Encode(text);
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
