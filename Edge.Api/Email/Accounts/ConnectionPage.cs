using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.Net.Http.Headers;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>What the account holder sees in the browser after the authorization, granted or not. It loads nothing and has no script.</summary>
internal static class ConnectionPage
{
    public const string MediaType = "text/html; charset=utf-8";

    private const string Style =
        "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1.5rem;color:#222;background:#fff}h1{font-size:1.4rem}";

    /// <summary>Its style alone, by its hash.</summary>
    public static string ContentSecurityPolicy { get; } =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The mailbox is connected.</summary>
    public static string Connected(AccountResponse account) =>
        Page("Mailbox connected", $"{account.Address} is connected to Switchboard. You can close this window.");

    /// <summary>It is not, and why.</summary>
    public static string Refused(ConnectionRefusal refusal) => Page("Mailbox not connected", refusal.Detail);

    private static string Page(string title, string text) =>
        $"""
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title><style>{Style}</style></head>
        <body><h1>{title}</h1><p>{HtmlEncoder.Default.Encode(text)}</p></body>
        </html>
        """;
}

/// <summary>In which form an answer is wanted (RFC 9110, 12.5.1).</summary>
internal static class AcceptedForm
{
    private const string Html = "text/html";
    private const string Json = "application/json";

    /// <summary>Whether HTML is wanted more than JSON, as browsers say; who takes anything gets JSON.</summary>
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
