using Switchboard.Core.FeatureFlags;
using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Records mails all at once, or by the plain path one by one (ENABLE_BATCH_INGESTION).</summary>
internal sealed class BatchRecorder(MailRecorder recorder, FeatureRollout rollout, IngestMetrics metrics)
{
    /// <summary>Records mails; when it returns, all but the failed ones are safe.</summary>
    public async Task<IReadOnlyList<FailedMail>> RecordAsync(TrackedMailbox mailbox, IReadOnlyList<MailEnvelope> mails, CancellationToken cancellation)
    {
        if (mails.Count == 0)
            return [];
        var recorded = await rollout.RunAsync(
            Feature.BatchIngestion,
            mailbox.Id,
            optimised: token => recorder.RecordAsync(mailbox, mails, requested: false, token),
            plain: token => EachAsync(mailbox, mails, token),
            difference: null,
            cancellation);
        metrics.Recorded(mails.Count - recorded.Failed.Count, recorded.Failed.Count);
        return recorded.Failed;
    }

    private async Task<RecordedMails> EachAsync(TrackedMailbox mailbox, IReadOnlyList<MailEnvelope> mails, CancellationToken cancellation)
    {
        var tracked = 0;
        var failed = new List<FailedMail>();
        foreach (var mail in mails)
        {
            var recorded = await recorder.RecordAsync(mailbox, [mail], requested: false, cancellation);
            tracked += recorded.Tracked;
            failed.AddRange(recorded.Failed);
        }

        return new(tracked, failed);
    }
}
