using System.Globalization;
using System.Net;
using System.Text;
using Switchboard.Load.Driving;

namespace Switchboard.Load.Sms;

/// <summary>The texts of a run as Twilio posts them: signed forms.</summary>
internal sealed class TextSource(Uri edge, TextPlan plan, string accountSid, TwilioSigner signer) : ILoadSource
{
    private const string To = "+15550009999";

    // an answer to the sender, where a text that was taken has none
    private const string Message = "<Message>";

    private readonly Uri _address = new(edge, "/api/sms/webhook");

    /// <summary>None is used: each body has a length of its own.</summary>
    public int MaxBodyLength => 0;

    public HttpRequestMessage Build(long number, byte[] buffer)
    {
        var fields = Fields(plan.Of(number));
        var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = new FormUrlEncodedContent(fields) };
        request.Headers.TryAddWithoutValidation(TwilioSigner.Header, signer.Sign(_address.AbsoluteUri, fields));
        return request;
    }

    /// <summary>Finds a text that the product answered instead of taking it.</summary>
    public void Check(long number, ReadOnlySpan<byte> answer)
    {
        var twiML = Encoding.UTF8.GetString(answer);
        if (twiML.IndexOf(Message, StringComparison.Ordinal) is >= 0 and var at)
        {
            var said = twiML[(at + Message.Length)..].Split('<')[0];
            throw new LoadException(
                $"A text was refused: {WebUtility.HtmlDecode(said)}\n"
                + "Start the house so that a phone may send as many as the load does: RATE_LIMIT_MESSAGES_PER_HOUR=1000000 ./run.sh");
        }
    }

    private List<KeyValuePair<string, string>> Fields(TextSpec text)
    {
        List<KeyValuePair<string, string>> fields =
        [
            new("ToCountry", "US"),
            new("SmsMessageSid", text.Sid),
            new("NumMedia", (text.Parts - 1).ToString(CultureInfo.InvariantCulture)),
            new("SmsSid", text.Sid),
            new("SmsStatus", "received"),
            new("Body", text.Body),
            new("To", To),
            new("NumSegments", "1"),
            new("MessageSid", text.Sid),
            new("AccountSid", accountSid),
            new("From", text.Sender.Number),
            new("ApiVersion", "2010-04-01"),
        ];
        if (text.Media is { } media)
        {
            fields.Add(new("MediaUrl0", media.Url));
            fields.Add(new("MediaContentType0", media.ContentType));
        }

        return fields;
    }
}
