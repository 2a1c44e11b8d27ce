using Switchboard.Core.Notifications;
using Switchboard.Core.Sms;

namespace Switchboard.Workers.Ingest.Sms.Messages;

/// <summary>An enrichment item that is to be made: a row in <c>enrichment_items</c>.</summary>
/// <param name="Id">Its id, a UUIDv7: lists are in the order of ids.</param>
/// <param name="Of">The text that it is a part of.</param>
/// <param name="Part">0 for the text, n for its n-th media file.</param>
/// <param name="Kind">One of <see cref="MediaKind"/>.</param>
/// <param name="Text">What the text says; null for media.</param>
/// <param name="Entities">What was found in it, as JSON; null for media.</param>
/// <param name="MediaUrl">Where the file is; null for the text, or when the provider did not say.</param>
/// <param name="ContentType">What the provider says that it is.</param>
/// <param name="Reason">Why it has failed already; null if it has not.</param>
internal sealed record NewItem(
    Guid Id, MatchedSms Of, short Part, string Kind, string? Text, string? Entities, string? MediaUrl, string? ContentType, string? Reason)
{
    /// <summary>Why there is nothing to fetch.</summary>
    public const string NoAddress = "The provider named no address for this file.";

    public const string Pending = "pending";
    public const string Completed = "completed";
    public const string Failed = "failed";

    /// <summary>The text is done with at once; a file is still to be fetched, if it is known from where.</summary>
    public string Status => Part == 0 ? Completed : Reason is null ? Pending : Failed;

    public static NewItem OfText(Guid id, MatchedSms text) => new(
        id, text, 0, MediaKind.Text, text.Incoming.Body, TextEntitiesJson.Write(text.Entities), null, null, null);

    public static NewItem OfMedia(Guid id, MatchedSms text, int part, InboundMedia media) => new(
        id,
        text,
        checked((short)part),
        MediaKind.Of(media.ContentType),
        null,
        null,
        media.Url is null ? null : StorableText.From(media.Url),
        media.ContentType is null ? null : StorableText.From(media.ContentType),
        media.Url is null ? NoAddress : null);
}
