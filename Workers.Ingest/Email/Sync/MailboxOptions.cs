using System.ComponentModel.DataAnnotations;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Section <c>Mailboxes</c>: how they are kept in step.</summary>
internal sealed class MailboxOptions
{
    public const string Section = "Mailboxes";

    /// <summary>A mailbox of which nothing was heard for so long is read without a push: pushes may be lost.</summary>
    [Range(1, 86_400)]
    public int PollSeconds { get; set; } = 60;

    /// <summary>How often it is looked for watches to renew.</summary>
    [Range(60, 86_400)]
    public int WatchCheckSeconds { get; set; } = 3_600;

    /// <summary>A watch is renewed when it ends within so many hours: of the 7 days that Gmail grants, 144 leave one.</summary>
    [Range(1, 167)]
    public int RenewWatchBeforeHours { get; set; } = 144;

    /// <summary>How far back mail is looked for when the history is too old to go on from.</summary>
    [Range(1, 30)]
    public int ResyncDays { get; set; } = 7;

    /// <summary>How many mailboxes of a batch are read at once.</summary>
    [Range(1, 64)]
    public int ConcurrentSyncs { get; set; } = 8;

    /// <summary>For how long a mailbox stays locked when the process that reads it dies.</summary>
    [Range(5, 300)]
    public int LockSeconds { get; set; } = 30;

    /// <summary>When to look again at a mailbox that another process is reading.</summary>
    [Range(50, 10_000)]
    public int BusyRetryMilliseconds { get; set; } = 500;
}
