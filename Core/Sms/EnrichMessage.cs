using Switchboard.Core.Jobs;

namespace Switchboard.Core.Sms;

/// <summary>Make enrichment items of a text that <c>POST /api/sms/webhook</c> took.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="UserId">Whose number it came from when it was taken.</param>
/// <param name="Text">The text, inline: the webhook is its only source.</param>
public sealed record EnrichMessage(Guid Id, Guid UserId, InboundSms Text) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("enrich-message", 1, JobWorker.Ingest, JobPriority.High);

    /// <summary>Stops the same text, redelivered by its provider or by the broker, from becoming items twice: its sid is unique in
    /// <c>sms_messages</c>.</summary>
    public string IdempotencyKey => $"text:{Text.MessageSid}";
}
