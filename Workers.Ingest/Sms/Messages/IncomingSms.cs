using System.Diagnostics;
using Switchboard.Core.Notifications;
using Switchboard.Core.Rules;
using Switchboard.Core.Sms;
using Switchboard.Workers.Ingest.Email.Rules;

namespace Switchboard.Workers.Ingest.Sms.Messages;

/// <summary>A text on its way in.</summary>
/// <param name="UserId">Whose number it came from.</param>
/// <param name="Text">The text.</param>
/// <param name="Parent">The span that what follows from it belongs to.</param>
internal sealed record IncomingSms(Guid UserId, InboundSms Text, ActivityContext? Parent)
{
    /// <summary>The provider's id as it is stored.</summary>
    public string Sid { get; } = IndexedKey.Of(Text.MessageSid);

    /// <summary>What it says, as it is stored.</summary>
    public string Body { get; } = StorableText.From(Text.Body);

    /// <summary>Where its items are from: with media it came as MMS.</summary>
    public string Source => Text.Media.Count > 0 ? "mms" : "sms";

    /// <summary>Whether there is audio that will be fetched: what is said in it counts for the rules too, so they wait.</summary>
    public bool AwaitsAudio => Text.Media.Any(media => media.Url is not null && MediaKind.Of(media.ContentType) == MediaKind.Audio);

    /// <summary>The text as rules see it.</summary>
    public ReceivedMessage Message => ReceivedMessage.Sms(Text.From, Text.To, Body, Text.ReceivedAt, Text.Media.Count > 0);
}
