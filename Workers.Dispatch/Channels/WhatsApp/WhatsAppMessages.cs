using Switchboard.Workers.Dispatch.Channels;

namespace Switchboard.Workers.Dispatch.Channels.WhatsApp;

/// <summary>Makes the messages of a notification.</summary>
internal static class WhatsAppMessages
{
    /// <summary>Free text, which is cut where WhatsApp's text ends.</summary>
    public static WhatsAppMessage Text(ChannelMessage message) => new(
        message.Recipient, "text", new(MessageText.Cut(message.Body, WhatsAppMessage.MaxText)), null, message.NotificationId.ToString());

    /// <summary>A template whose one parameter is the text on one line: parameters have no line breaks, tabs or runs of spaces.</summary>
    public static WhatsAppMessage Template(ChannelMessage message, string name, string language)
    {
        var line = string.Join(' ', message.Body.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var parameter = new WhatsAppMessage.TemplateParameter("text", MessageText.Cut(line, WhatsAppMessage.MaxParameter));
        return new(
            message.Recipient,
            "template",
            null,
            new(name, new(language), [new("body", [parameter])]),
            message.NotificationId.ToString());
    }
}
