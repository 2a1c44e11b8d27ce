using Switchboard.Core.Jobs;
using Switchboard.Core.Sms;

namespace Switchboard.Workers.Ingest.Sms.Messages;

/// <summary>Takes in texts that <c>POST /api/sms/webhook</c> found the owner of.</summary>
internal sealed class EnrichMessageHandler(SmsProcessor intake) : IJobHandler<EnrichMessage>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<EnrichMessage>> batch, CancellationToken cancellation)
    {
        var strangers = await intake.TakeAsync(
            [.. batch.Select(delivery => new IncomingSms(delivery.Job.UserId, delivery.Job.Text, delivery.Activity?.Context))], cancellation);
        return [.. batch.Select(delivery => strangers.Contains(delivery.Job.UserId)
            ? JobOutcome.Dead($"There is no user {delivery.Job.UserId}.")
            : JobOutcome.Done)];
    }
}
