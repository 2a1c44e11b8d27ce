using System.ComponentModel.DataAnnotations;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Section <c>Syncing</c>: how mail is read to be tracked.</summary>
internal sealed class SyncOptions
{
    public const string Section = "Syncing";

    /// <summary>For how long a job goes on with a sync before it leaves the rest to the next one.</summary>
    [Range(1, 60)]
    public int TurnSeconds { get; set; } = 5;

    /// <summary>How many syncs a process goes on with at once.</summary>
    [Range(1, 64)]
    public int ConcurrentSyncs { get; set; } = 4;

    /// <summary>How many accounts of a batch of jobs are read at once.</summary>
    [Range(1, 64)]
    public int ConcurrentAccounts { get; set; } = 8;

    /// <summary>For how long an account stays locked when the process that syncs it dies.</summary>
    [Range(3, 300)]
    public int LockSeconds { get; set; } = 10;

    /// <summary>When to look again at an account that another job syncs.</summary>
    [Range(50, 60_000)]
    public int BusyRetryMilliseconds { get; set; } = 1_000;

    /// <summary>An account of Microsoft 365 whose changes were not read for so long is read without having been told of any.</summary>
    [Range(10, 86_400)]
    public int PollSeconds { get; set; } = 300;

    /// <summary>How often it is looked for such accounts, and for syncs that nobody goes on with.</summary>
    [Range(1, 3_600)]
    public int PollCheckSeconds { get; set; } = 60;

    /// <summary>A sync that has not moved for so long has lost its job and gets another one.</summary>
    [Range(30, 86_400)]
    public int StalledSeconds { get; set; } = 300;

    /// <summary>How often it is looked for subscriptions to renew.</summary>
    [Range(60, 86_400)]
    public int SubscriptionCheckSeconds { get; set; } = 900;

    /// <summary>Changes that cannot be read on are read anew from so many minutes before they were last read.</summary>
    [Range(1, 10_080)]
    public int ResyncSlackMinutes { get; set; } = 60;
}
