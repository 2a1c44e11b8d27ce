using Switchboard.Core.Email;
using Switchboard.Core.Jobs;

namespace Switchboard.Workers.Ingest.Email.Rules;

/// <summary>Takes in mails that programs sent to <c>POST /api/webhooks/email</c>.</summary>
internal sealed class ProcessEmailHandler(EmailProcessor intake) : IJobHandler<ProcessEmail>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<ProcessEmail>> batch, CancellationToken cancellation)
    {
        var strangers = await intake.TakeAsync([.. batch.Select(ToMail)], cancellation);
        return [.. batch.Select(delivery => strangers.Contains(delivery.Job.UserId)
            ? JobOutcome.Dead($"There is no user {delivery.Job.UserId}.")
            : JobOutcome.Done)];
    }

    private static IncomingMail ToMail(JobDelivery<ProcessEmail> delivery)
    {
        var job = delivery.Job;
        return new(job.UserId, IncomingMail.OfUser(job.UserId), job.Mail, job.AcceptedAt, delivery.Activity?.Context);
    }
}
