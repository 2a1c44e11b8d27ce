using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Switchboard.Simulator.Twilio;

/// <summary>Makes the signed requests of webhooks and callbacks.</summary>
internal sealed class WebhookRequest(IOptions<TwilioOptions> options)
{
    /// <param name="url">The address that is called, and signed as it is.</param>
    /// <param name="parameters">The form.</param>
    /// <param name="token">The same for each try.</param>
    /// <param name="signature">In place of the right one; empty for none at all.</param>
    public HttpRequestMessage Form(
        Uri url, IReadOnlyList<KeyValuePair<string, string>> parameters, Guid token, string? signature = null) =>
        Of(url, new FormUrlEncodedContent(parameters), token,
            signature ?? TwilioSignature.Of(options.Value.AuthToken, url.AbsoluteUri, parameters));

    /// <summary>The same parameters as a JSON object, its hash in the query.</summary>
    public HttpRequestMessage Json(
        Uri url, IReadOnlyList<KeyValuePair<string, string>> parameters, Guid token, string? signature = null)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string>(parameters),
            TwilioJson.Default.DictionaryStringString);
        var hashed = new UriBuilder(url) { Query = "bodySHA256=" + Convert.ToHexStringLower(SHA256.HashData(body)) }.Uri;
        var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        return Of(hashed, content, token, signature ?? TwilioSignature.Of(options.Value.AuthToken, hashed.AbsoluteUri, []));
    }

    private static HttpRequestMessage Of(Uri url, HttpContent content, Guid token, string signature)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
        request.Headers.UserAgent.ParseAdd("TwilioProxy/1.1");
        request.Headers.Accept.ParseAdd("*/*");
        request.Headers.Add("I-Twilio-Idempotency-Token", token.ToString());
        if (signature.Length > 0)
        {
            request.Headers.TryAddWithoutValidation(TwilioSignature.Header, signature);
        }

        return request;
    }
}

/// <summary>
/// <c>X-Twilio-Signature</c>: Base64 of the HMAC-SHA1 over the address and, for forms, every parameter sorted by its name.
/// </summary>
internal static class TwilioSignature
{
    public const string Header = "X-Twilio-Signature";

    /// <param name="token">The account's token.</param>
    /// <param name="url">The whole address that is called, with its query.</param>
    /// <param name="form">The parameters of a form; none for JSON, whose hash is in the query.</param>
    public static string Of(string token, string url, IEnumerable<KeyValuePair<string, string>> form)
    {
        var signed = new StringBuilder(url, 1024);
        foreach (var (name, value) in form.OrderBy(parameter => parameter.Key, StringComparer.Ordinal))
        {
            signed.Append(name).Append(value);
        }

#pragma warning disable CA5350 // the hash is Twilio's choice
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(signed.ToString())));
#pragma warning restore CA5350
    }
}
