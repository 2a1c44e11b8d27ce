using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>How far a sync has come: <c>mail_syncs.cursors</c>. Pure; what is counted of it is the sum of its partitions.</summary>
/// <param name="Partitions">The parts of the mailbox.</param>
internal sealed record SyncCursors([property: JsonPropertyName("lanes")] IReadOnlyList<SyncPartition> Partitions)
{
    private static readonly IReadOnlySet<string> None = new HashSet<string>();

    /// <summary>As it was read from the database: what an earlier version wrote may have other fields, and is what is to be
    /// replaced.</summary>
    [JsonIgnore]
    public string? Stored { get; init; }

    [JsonIgnore]
    public bool IsDone => Partitions.All(partition => partition.IsDone);

    [JsonIgnore]
    public SyncCounts Counts => new(
        Partitions.Sum(partition => partition.Pages),
        Partitions.Sum(partition => partition.Processed),
        Partitions.Sum(partition => partition.Errors));

    /// <summary>Two partitions for each folder that has mails: the earlier and the later half of their time.</summary>
    public static SyncCursors Plan(IEnumerable<FolderSpan> folders) => new(
        [.. folders.Where(folder => folder.First < folder.To).SelectMany(folder => Half(folder) is { } half
            ? new[] { new SyncPartition(folder.Name, folder.First!.Value, half), new SyncPartition(folder.Name, half, folder.To) }
            : [new SyncPartition(folder.Name, folder.First!.Value, folder.To)])]);

    /// <summary>After a round, once its mails are recorded.</summary>
    /// <param name="round">The pages.</param>
    /// <param name="failed">The mails that could not be recorded.</param>
    public SyncCursors After(SyncRound round, IReadOnlySet<string> failed)
    {
        var partitions = Partitions.ToArray();
        foreach (var page in round.Pages)
            partitions[page.Partition] = page.IsStale ? partitions[page.Partition].Again() : partitions[page.Partition].After(page, failed);
        return new(partitions);
    }

    /// <summary>Where the round after that one begins, which its failures have no part in.</summary>
    public SyncCursors After(SyncRound round) => After(round, None);

    // whole seconds, as providers compare; null when there is no second between both
    private static DateTimeOffset? Half(FolderSpan folder)
    {
        var (first, to) = (folder.First!.Value.ToUnixTimeSeconds(), folder.To.ToUnixTimeSeconds());
        var half = first + ((to - first) / 2);
        return half > first && half < to ? DateTimeOffset.FromUnixTimeSeconds(half) : null;
    }
}

/// <summary>What was counted.</summary>
/// <param name="Pages">Pages.</param>
/// <param name="Processed">Mails.</param>
/// <param name="Errors">How many of these could not be read or recorded.</param>
internal readonly record struct SyncCounts(int Pages, long Processed, long Errors)
{
    /// <summary>What was added since another count; less than nothing when a partition began again.</summary>
    public SyncCounts Since(SyncCounts before) => new(Pages - before.Pages, Processed - before.Processed, Errors - before.Errors);
}

/// <summary>A folder that is to be read.</summary>
/// <param name="Name">In the provider's words.</param>
/// <param name="First">The time of its first mail; null if it has none.</param>
/// <param name="To">Mails before that.</param>
internal sealed record FolderSpan(string Name, DateTimeOffset? First, DateTimeOffset To);

/// <summary>How a sync is to go.</summary>
/// <param name="Cursors">Its partitions.</param>
/// <param name="Total">How many mails they have; null if the provider does not say.</param>
internal sealed record SyncPlan(SyncCursors Cursors, long? Total);

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

/// <summary>The next page of a partition.</summary>
/// <param name="Partition">The number of the partition.</param>
/// <param name="Mails">Its mails.</param>
/// <param name="Failed">Those that could not be read.</param>
/// <param name="Next">The page after it; null if it is the last.</param>
/// <param name="IsStale">Whether there is no page: the provider does not know the place any more, and the partition begins again.</param>
internal sealed record PartitionPage(
    int Partition, IReadOnlyList<MailEnvelope> Mails, IReadOnlyList<FailedMail> Failed, string? Next, bool IsStale = false)
{
    /// <summary>For a partition that begins again.</summary>
    public static PartitionPage Stale(int partition) => new(partition, [], [], null, IsStale: true);
}

/// <summary>The next page of each partition, as far as it could be read.</summary>
/// <param name="Pages">The pages.</param>
/// <param name="Failure">Why there are not more of them.</param>
internal sealed record SyncRound(IReadOnlyList<PartitionPage> Pages, ProviderFailure? Failure = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SyncCursors))]
internal sealed partial class SyncJson : JsonSerializerContext;
