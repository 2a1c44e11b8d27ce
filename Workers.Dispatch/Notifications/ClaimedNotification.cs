using Switchboard.Core.Notifications;

namespace Switchboard.Workers.Dispatch.Notifications;

/// <summary>A notification as the claim found it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="UserId">Whose.</param>
/// <param name="Channel">Over which channel.</param>
/// <param name="Recipient">To whom.</param>
/// <param name="Body">What it says.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Status">Its state before the claim.</param>
/// <param name="SendAt">Not before this time.</param>
/// <param name="Error">The error it had.</param>
/// <param name="InDoubtUntil">If a send was begun and never recorded: until when its status is waited for; null if that was only
/// found out by this claim.</param>
/// <param name="Number">The number of the attempt that was claimed; null if it was not claimed.</param>
internal sealed record ClaimedNotification(
    Guid Id,
    Guid UserId,
    string Channel,
    string Recipient,
    string Body,
    DateTimeOffset CreatedAt,
    DeliveryStatus Status,
    DateTimeOffset? SendAt,
    string? Error,
    DateTimeOffset? InDoubtUntil,
    int? Number);
