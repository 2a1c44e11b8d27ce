using System.Text.Json.Serialization;
using Switchboard.Core.Jobs;

namespace Switchboard.Core.Sms;

/// <summary>An SMS as the provider handed it in.</summary>
/// <param name="MessageSid">The provider's id of it: the same SMS has the same, however often it comes.</param>
/// <param name="From">The sender's number in E.164.</param>
/// <param name="To">The number that it was sent to.</param>
/// <param name="Body">What it says; may be empty.</param>
/// <param name="Media">Its files, in their order.</param>
/// <param name="ReceivedAt">When the webhook took it.</param>
public sealed record InboundSms(
    string MessageSid, string From, string To, string Body, IReadOnlyList<InboundMedia> Media, DateTimeOffset ReceivedAt);

/// <summary>A file of an SMS, still at the provider.</summary>
/// <param name="Url">Where it is; null when the provider counted it and named no address.</param>
/// <param name="ContentType">What the provider says that it is.</param>
public sealed record InboundMedia(string? Url, string? ContentType);

/// <summary>Make enrichment items of an SMS that <c>POST /api/sms/webhook</c> took.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="UserId">Whose number it came from when it was taken.</param>
/// <param name="Sms">The SMS, inline: the webhook is its only source.</param>
public sealed record EnrichMessage(Guid Id, Guid UserId, [property: JsonPropertyName("text")] InboundSms Sms) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("enrich-message", 1, JobWorker.Ingest, JobPriority.High);

    /// <summary>Stops the same SMS, redelivered by its provider or by the broker, from becoming items twice: its sid is unique in
    /// <c>sms_messages</c>.</summary>
    public string IdempotencyKey => $"text:{Sms.MessageSid}";
}

/// <summary>Fetch, check, keep and, if it is audio, transcribe the file of an enrichment item.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="ItemId">The item, a row in <c>enrichment_items</c>.</param>
public sealed record EnrichMedia(Guid Id, Guid ItemId) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("enrich-media", 1, JobWorker.Ingest, JobPriority.Low);

    /// <summary>Names the state to reach: a file is kept under its item's id, so fetching it twice leaves one, and an item that is
    /// completed stays as it is.</summary>
    public string IdempotencyKey => $"item:{ItemId}";
}

/// <summary>Send the open code of a phone number to it. The code is not here: it is read, encrypted, from the number's row.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="PhoneNumberId">The number, a row in <c>user_phone_numbers</c>.</param>
public sealed record SendVerificationCode(Guid Id, Guid PhoneNumberId) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("send-verification-code", 1, JobWorker.Dispatch, JobPriority.Critical);

    /// <summary>Only for the log: a code that is sent twice is the same code.</summary>
    public string IdempotencyKey => $"phone-number:{PhoneNumberId}/{Id}";
}
