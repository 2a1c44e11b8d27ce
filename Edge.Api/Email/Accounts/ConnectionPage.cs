using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>What a person sees in the browser after they consented, or did not. It loads nothing, and nothing in it runs.</summary>
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
