using System.Globalization;
using Microsoft.Extensions.Options;

namespace Switchboard.Simulator.Twilio;

/// <summary>The parameters of a status callback.</summary>
internal sealed class StatusForm(IOptions<TwilioOptions> options)
{
    public IReadOnlyList<KeyValuePair<string, string>> Of(DueStatus due)
    {
        var (text, status) = (due.Text, due.Status.Name());
        List<KeyValuePair<string, string>> form =
        [
            new("ApiVersion", "2010-04-01"),
            new("MessageStatus", status),
            new("SmsSid", text.Id),
            new("SmsStatus", status),
            new("To", text.To),
            new("From", text.From),
            new("MessageSid", text.Id),
            new("AccountSid", options.Value.AccountSid),
        ];
        if (text.MessagingServiceSid is { } service)
        {
            form.Add(new("MessagingServiceSid", service));
        }

        if (due.ErrorCode is { } code)
        {
            form.Add(new("ErrorCode", code.ToString(CultureInfo.InvariantCulture)));
        }

        if (due.Status is TextStatus.Delivered or TextStatus.Undelivered)
        {
            form.Add(new("RawDlrDoneDate", due.At.ToString("yyMMddHHmm", CultureInfo.InvariantCulture)));
        }

        return form;
    }
}
