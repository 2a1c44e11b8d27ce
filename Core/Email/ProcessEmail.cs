using Switchboard.Core.Jobs;

namespace Switchboard.Core.Email;

/// <summary>Match a mail that a program sent to <c>POST /api/webhooks/email</c> against its user's rules.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="UserId">Whose mail it is.</param>
/// <param name="Mail">The mail, inline: the webhook is its only source.</param>
/// <param name="AcceptedAt">When the webhook took it.</param>
public sealed record ProcessEmail(Guid Id, Guid UserId, InboundMail Mail, DateTimeOffset AcceptedAt) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("process-email", 1, JobWorker.Ingest, JobPriority.High);

    /// <summary>Stops the same mail, sent twice by its sender or redelivered by the broker, from being matched twice.</summary>
    public string IdempotencyKey => $"user:{UserId}/{Mail.MessageId}";
}
