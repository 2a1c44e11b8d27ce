using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Switchboard.Load.Running;

namespace Switchboard.Load.Sms;

/// <summary>The SMS of a run as Twilio posts them: signed forms.</summary>
internal sealed class SmsSource(Uri edge, SmsPlan plan, string accountSid, TwilioSigner signer) : ILoadSource
{
    private const string To = "+15550009999";

    // a reply to the sender: an accepted SMS gets none
    private const string Message = "<Message>";

    private readonly Uri _address = new(edge, "/api/sms/webhook");

    /// <summary>No buffer is used: the bodies differ in length.</summary>
    public int MaxBodyLength => 0;

    public HttpRequestMessage Build(long number, byte[] buffer)
    {
        var fields = Fields(plan.Of(number));
        var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = new FormUrlEncodedContent(fields) };
        request.Headers.TryAddWithoutValidation(TwilioSigner.Header, signer.Sign(_address.AbsoluteUri, fields));
        return request;
    }

    /// <summary>Fails when the product replied to the sender instead of accepting the SMS.</summary>
    public void Check(long number, HttpResponseMessage response, ReadOnlySpan<byte> answer)
    {
        var twiml = Encoding.UTF8.GetString(answer);
        if (twiml.IndexOf(Message, StringComparison.Ordinal) is >= 0 and var at)
        {
            var reply = twiml[(at + Message.Length)..].Split('<')[0];
            throw new LoadException(
                $"An SMS was refused: {WebUtility.HtmlDecode(reply)}\n"
                + "Start the product so that a phone number may send as many SMS as the load does: "
                + "RATE_LIMIT_MESSAGES_PER_HOUR=1000000 ./run.sh");
        }
    }

    private List<KeyValuePair<string, string>> Fields(SmsMessage sms)
    {
        List<KeyValuePair<string, string>> fields =
        [
            new("ToCountry", "US"),
            new("SmsMessageSid", sms.Sid),
            new("NumMedia", (sms.Parts - 1).ToString(CultureInfo.InvariantCulture)),
            new("SmsSid", sms.Sid),
            new("SmsStatus", "received"),
            new("Body", sms.Body),
            new("To", To),
            new("NumSegments", "1"),
            new("MessageSid", sms.Sid),
            new("AccountSid", accountSid),
            new("From", sms.Sender.Number),
            new("ApiVersion", "2010-04-01"),
        ];
        if (sms.Media is { } media)
        {
            fields.Add(new("MediaUrl0", media.Url));
            fields.Add(new("MediaContentType0", media.ContentType));
        }

        return fields;
    }
}

/// <summary>
/// Signs a form as Twilio does (https://www.twilio.com/docs/usage/webhooks/webhooks-security): HMAC-SHA1 over the address and every
/// parameter with its value, sorted by name; in Base64. It knows nothing of the product's code.
/// </summary>
internal sealed class TwilioSigner(string authToken)
{
    public const string Header = "X-Twilio-Signature";

    private readonly byte[] _key = Encoding.UTF8.GetBytes(authToken);

    /// <summary>The signature of a form.</summary>
    /// <param name="address">The whole address that it is posted to.</param>
    /// <param name="fields">Its fields, in any order, each name once.</param>
    public string Sign(string address, IEnumerable<KeyValuePair<string, string>> fields)
    {
        var signed = new StringBuilder(address);
        foreach (var (name, value) in fields.OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            signed.Append(name).Append(value);
        }

#pragma warning disable CA5350 // it is Twilio who chose SHA-1
        return Convert.ToBase64String(HMACSHA1.HashData(_key, Encoding.UTF8.GetBytes(signed.ToString())));
#pragma warning restore CA5350
    }
}
