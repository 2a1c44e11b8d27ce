namespace Switchboard.Load.Ingest;

/// <summary>The JSON line.</summary>
/// <param name="Mails">How many mails the syncs say they read, sent and received.</param>
/// <param name="ExpectedMails">How many there are in the mailboxes.</param>
/// <param name="Sent">How many of these were sent, and so should be tracked.</param>
/// <param name="SyncSeconds">From when the first sync began to when the last one ended, as the product says.</param>
/// <param name="MailsPerSecond">Mails read in this time.</param>
/// <param name="ProgressSeen">How often a sync was seen further on while it ran.</param>
/// <param name="Lost">Sent mails that are not tracked.</param>
/// <param name="Duplicated">Tracked mails beyond the first for the same sent mail.</param>
/// <param name="Wrong">Tracked mails whose status, response time or automatic reply is not right, or that were never sent.</param>
/// <param name="Errors">Mails that the syncs could not read, and syncs that were not completed.</param>
/// <param name="AnalyticsMatch">Whether every figure of the analytics is the simulator's.</param>
/// <param name="GraphRequests">How many requests the mailboxes were asked, each of a batch counted.</param>
/// <param name="Throttled">How many of them were refused as too many.</param>
/// <param name="IngestPeakWorkingSetMb">The most memory of Workers.Ingest during the syncs; null when it was not found.</param>
/// <param name="IngestGrowthMb">By how much that is more than before.</param>
internal sealed record IngestReport(
    long Mails,
    long ExpectedMails,
    long Sent,
    double SyncSeconds,
    double MailsPerSecond,
    int ProgressSeen,
    long Lost,
    long Duplicated,
    long Wrong,
    long Errors,
    bool AnalyticsMatch,
    long GraphRequests,
    long Throttled,
    double? IngestPeakWorkingSetMb,
    double? IngestGrowthMb)
{
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsFine => Lost == 0 && Duplicated == 0 && Wrong == 0 && Errors == 0 && Mails == ExpectedMails && AnalyticsMatch;
}
