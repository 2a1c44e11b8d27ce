using System.Security.Cryptography;
using System.Text;

namespace Switchboard.Tests.EndToEnd.Fixture;

/// <summary>A request as Twilio makes it, signed as its security guide says, by code that the product doesn't share.</summary>
internal static class TwilioRequest
{
    private const string Token = "demo-twilio-token";

    public static (string, string)[] Text(string from, string body, string? messageSid = null, params string[] mediaUrls) =>
    [
        ("MessageSid", messageSid ?? $"SM{Guid.CreateVersion7():n}"), ("AccountSid", "ACdemo"), ("From", from), ("To", "+15550009999"), ("Body", body),
        ("NumMedia", $"{mediaUrls.Length}"),
        .. mediaUrls.Select((url, n) => ($"MediaUrl{n}", url)),
        .. mediaUrls.Select((_, n) => ($"MediaContentType{n}", "image/png")),
    ];

#pragma warning disable CA5350 // the provider's choice
    public static async Task<HttpResponseMessage> PostAsync(HttpClient edge, (string Name, string Value)[] fields, string? signature = null)
    {
        var url = new Uri(edge.BaseAddress!, "/api/sms/webhook");
        var signed = new StringBuilder(url.AbsoluteUri);
        foreach (var (name, value) in fields.OrderBy(field => field.Name, StringComparer.Ordinal))
            signed.Append(name).Append(value);
        using var request = new HttpRequestMessage(HttpMethod.Post, url);
        request.Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        request.Headers.Add(
            "X-Twilio-Signature",
            signature ?? Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(Token), Encoding.UTF8.GetBytes(signed.ToString()))));
        return await edge.SendAsync(request);
    }
#pragma warning restore CA5350
}
