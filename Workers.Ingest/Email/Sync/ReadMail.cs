using Switchboard.Core.Jobs;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Read one message of a mailbox that could not be read with the others, so that it does not stop them.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="MailboxId">The mailbox.</param>
/// <param name="MessageId">The provider's id of the message.</param>
/// <param name="AcceptedAt">When it was first heard of.</param>
internal sealed record ReadMail(Guid Id, Guid MailboxId, string MessageId, DateTimeOffset AcceptedAt) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("read-mail", 1, JobWorker.Ingest, JobPriority.High);

    /// <summary>Stops nothing by itself: a mail that was taken is known by its mailbox and id.</summary>
    public string IdempotencyKey => $"mailbox:{MailboxId}/{MessageId}";
}
