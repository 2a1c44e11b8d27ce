using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>The next page of a lane.</summary>
/// <param name="Lane">The number of the lane.</param>
/// <param name="Mails">Its mails.</param>
/// <param name="Failed">Those that could not be read.</param>
/// <param name="Next">The page after it; null if it is the last.</param>
/// <param name="IsStale">Whether there is no page: the provider does not know the place any more, and the lane begins again.</param>
internal sealed record PartitionPage(int Lane, IReadOnlyList<MailEnvelope> Mails, IReadOnlyList<FailedMail> Failed, string? Next, bool IsStale = false)
{
    /// <summary>For a lane that begins again.</summary>
    public static PartitionPage Stale(int lane) => new(lane, [], [], null, IsStale: true);
}

/// <summary>The next page of each lane, as far as it could be read.</summary>
/// <param name="Pages">The pages.</param>
/// <param name="Fault">Why there are not more of them.</param>
internal sealed record SyncRound(IReadOnlyList<PartitionPage> Pages, ProviderFault? Fault = null);
