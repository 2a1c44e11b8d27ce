namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>An enrichment item whose file is to be fetched, claimed for one try.</summary>
/// <param name="Id">Its row in <c>enrichment_items</c>.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="MessageId">The text that it is a part of, a row in <c>sms_messages</c>.</param>
/// <param name="Attempt">Which try this is. Only the last that was begun is recorded.</param>
/// <param name="MediaUrl">Where the file is; null when the provider did not say.</param>
/// <param name="ContentType">What the provider says that it is.</param>
/// <param name="StorageKey">Where an earlier try, that came no further, has kept it.</param>
/// <param name="CreatedAt">When the item was made.</param>
/// <param name="Sender">Who sent the text; empty when it is not kept any more.</param>
/// <param name="ReceivedAt">When the text was received.</param>
internal sealed record MediaItem(
    Guid Id,
    Guid UserId,
    Guid MessageId,
    int Attempt,
    string? MediaUrl,
    string? ContentType,
    string? StorageKey,
    DateTimeOffset CreatedAt,
    string Sender,
    DateTimeOffset ReceivedAt);
