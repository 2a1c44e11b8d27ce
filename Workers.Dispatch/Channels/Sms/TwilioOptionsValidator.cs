using Microsoft.Extensions.Options;
using Switchboard.Workers.Dispatch.Notifications;

namespace Switchboard.Workers.Dispatch.Channels.Sms;

/// <summary>Refuses to start without exactly one sender, with an address that Twilio cannot call, or with a timeout that is too long.</summary>
internal sealed class TwilioOptionsValidator(IOptions<DispatchOptions> dispatch) : IValidateOptions<TwilioOptions>
{
    public ValidateOptionsResult Validate(string? name, TwilioOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        switch (string.IsNullOrWhiteSpace(options.From), string.IsNullOrWhiteSpace(options.MessagingServiceSid))
        {
            case (true, true):
                errors.AddError("Neither Twilio:From nor Twilio:MessagingServiceSid is set: set the one that texts are to come from.");
                break;
            case (false, false):
                errors.AddError("Both Twilio:From and Twilio:MessagingServiceSid are set: texts come from one of them, remove the other.");
                break;
        }

        if (!string.IsNullOrWhiteSpace(options.PublicBaseUrl)
            && !(Uri.TryCreate(options.PublicBaseUrl, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
            errors.AddError($"Twilio:PublicBaseUrl must be an http or https address, not '{options.PublicBaseUrl}'.");
        if (options.TimeoutSeconds >= dispatch.Value.InDoubtSeconds)
            errors.AddError("Twilio:TimeoutSeconds must be shorter than Dispatch:InDoubtSeconds: a request under way is not in doubt yet.");
        return errors.Build();
    }
}
