using System.Globalization;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Twilio.Media;

namespace Switchboard.Simulator.Twilio;

/// <summary>The parameters of the webhook for a text that came in, the empty ones with them.</summary>
internal sealed class InboundForm(MediaLinks links, IOptions<TwilioOptions> options)
{
    public IReadOnlyList<KeyValuePair<string, string>> Of(NewText text, string sid, string to)
    {
        var (body, media) = (text.Body ?? "", text.Media ?? []);
        List<KeyValuePair<string, string>> form =
        [
            new("ToCountry", "US"),
            new("ToState", ""),
            new("SmsMessageSid", sid),
            new("NumMedia", media.Count.ToString(CultureInfo.InvariantCulture)),
            new("ToCity", ""),
            new("FromZip", ""),
            new("SmsSid", sid),
            new("FromState", ""),
            new("SmsStatus", "received"),
            new("FromCity", ""),
            new("Body", body),
            new("FromCountry", "US"),
            new("To", to),
            new("ToZip", ""),
            new("NumSegments", Math.Max(Segments.Count(body), media.Count).ToString(CultureInfo.InvariantCulture)),
            new("MessageSid", sid),
            new("AccountSid", options.Value.AccountSid),
            new("From", text.From!),
            new("ApiVersion", "2010-04-01"),
        ];
        if (text.OptOutType is { } type)
        {
            form.Add(new("OptOutType", type));
        }

        foreach (var (file, index) in media.Select((file, index) => (file, index)))
        {
            form.Add(new($"MediaContentType{index}", file.ContentType!));
            form.Add(new($"MediaUrl{index}", file.Url ?? links.Resource(sid, MediaSpec.Of(file))));
        }

        return form;
    }
}
