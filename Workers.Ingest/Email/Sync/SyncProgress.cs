namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>What came of a turn at a sync.</summary>
/// <param name="IsOver">Whether there is nothing more for this job to do: it is complete, was stopped, or is another job's.</param>
/// <param name="Fault">Why the provider gives no more at the moment.</param>
internal sealed record SyncProgress(bool IsOver, ProviderFault? Fault)
{
    public static SyncProgress Over { get; } = new(IsOver: true, Fault: null);
}
