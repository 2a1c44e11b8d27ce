namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>A part of a mailbox that is read page by page.</summary>
/// <param name="Folder">Which folder, in the provider's words.</param>
/// <param name="From">Mails from then on.</param>
/// <param name="To">Mails before that.</param>
/// <param name="Next">The page after the last one that was counted; null for the first.</param>
/// <param name="Pages">How many pages were counted.</param>
/// <param name="Processed">How many mails they had.</param>
/// <param name="Errors">How many of these could not be read or recorded.</param>
/// <param name="IsDone">Whether there are no more.</param>
/// <param name="Restarts">How often it began again.</param>
internal sealed record SyncPartition(
    string Folder,
    DateTimeOffset From,
    DateTimeOffset To,
    string? Next = null,
    int Pages = 0,
    long Processed = 0,
    long Errors = 0,
    bool IsDone = false,
    int Restarts = 0)
{
    // who loses the place each time will not find the end
    private const int MostRestarts = 10;

    /// <summary>Whether it may begin again when its place is not known any more.</summary>
    public bool MayRestart => Next is not null && Restarts < MostRestarts;

    /// <summary>After a page of it.</summary>
    /// <param name="page">The page.</param>
    /// <param name="failed">The mails of the round that could not be recorded.</param>
    public SyncPartition After(PartitionPage page, IReadOnlySet<string> failed) => this with
    {
        Next = page.Next,
        IsDone = page.Next is null,
        Pages = Pages + 1,
        Processed = Processed + page.Mails.Count + page.Failed.Count,
        Errors = Errors + page.Failed.Count + page.Mails.Count(mail => failed.Contains(mail.ProviderId)),
    };

    /// <summary>From its beginning: what was counted of it is taken off again, since it will be read once more.</summary>
    public SyncPartition Again() => new(Folder, From, To, Restarts: Restarts + 1);
}
