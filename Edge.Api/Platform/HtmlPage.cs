using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;

namespace Switchboard.Edge.Api.Platform;

/// <summary>A page for people, where a link leads them. It loads nothing and has no script.</summary>
internal static class HtmlPage
{
    private const string Style =
        "body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:12vh auto;padding:0 1.5rem;color:#222;background:#fff}"
        + "h1{font-size:1.4rem}button{font:inherit;padding:.6rem 1.2rem;color:#fff;background:#0b57d0;border:0;border-radius:.3rem}"
        + "button.other{color:#0b57d0;background:#fff;border:1px solid #0b57d0}"
        + "table{border-collapse:collapse;margin:1rem 0}th,td{padding:.4rem .8rem;border-bottom:1px solid #ddd;text-align:center}"
        + "th:first-child{text-align:left;overflow-wrap:anywhere}input{width:1.2rem;height:1.2rem}"
        + "[role=status]{padding:.6rem 1rem;background:#e8f3e8}";

    private static readonly string StyleHash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)));

    /// <summary>Nothing of it is kept, shown in a frame or told to others: the address that led here has a secret in it.</summary>
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

    /// <summary>The page.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="content">HTML; what is of others is encoded by <see cref="Text"/>.</param>
    /// <param name="status">The status of the answer.</param>
    public static ContentHttpResult Of(string title, string content, int status = StatusCodes.Status200OK) => TypedResults.Content(
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

    /// <summary>Text of others, as HTML has it.</summary>
    public static string Text(string text) => HtmlEncoder.Default.Encode(text);
}
