using System.Text.Json.Serialization;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>How far a sync has come: <c>mail_syncs.cursors</c>. Pure; what is counted of it is the sum of its lanes.</summary>
/// <param name="Lanes">The parts of the mailbox.</param>
internal sealed record SyncCursors(IReadOnlyList<SyncPartition> Lanes)
{
    private static readonly IReadOnlySet<string> None = new HashSet<string>();

    /// <summary>As it was read from the database: what an earlier version wrote may have other fields, and is what is to be replaced.</summary>
    [JsonIgnore]
    public string? Stored { get; init; }

    [JsonIgnore]
    public bool IsDone => Lanes.All(lane => lane.IsDone);

    [JsonIgnore]
    public SyncCounts Counts => new(Lanes.Sum(lane => lane.Pages), Lanes.Sum(lane => lane.Processed), Lanes.Sum(lane => lane.Errors));

    /// <summary>Two lanes for each folder that has mails: the earlier and the later half of their time.</summary>
    public static SyncCursors Plan(IEnumerable<FolderSpan> folders) => new(
        [.. folders.Where(folder => folder.First < folder.To).SelectMany(folder => Half(folder) is { } half
            ? new[] { new SyncPartition(folder.Name, folder.First!.Value, half), new SyncPartition(folder.Name, half, folder.To) }
            : [new SyncPartition(folder.Name, folder.First!.Value, folder.To)])]);

    /// <summary>After a round, once its mails are recorded.</summary>
    /// <param name="round">The pages.</param>
    /// <param name="failed">The mails that could not be recorded.</param>
    public SyncCursors After(SyncRound round, IReadOnlySet<string> failed)
    {
        var lanes = Lanes.ToArray();
        foreach (var page in round.Pages)
            lanes[page.Lane] = page.IsStale ? lanes[page.Lane].Again() : lanes[page.Lane].After(page, failed);
        return new(lanes);
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
    /// <summary>What was added since another count; less than nothing when a lane began again.</summary>
    public SyncCounts Since(SyncCounts before) => new(Pages - before.Pages, Processed - before.Processed, Errors - before.Errors);
}

/// <summary>A folder that is to be read.</summary>
/// <param name="Name">In the provider's words.</param>
/// <param name="First">The time of its first mail; null if it has none.</param>
/// <param name="To">Mails before that.</param>
internal sealed record FolderSpan(string Name, DateTimeOffset? First, DateTimeOffset To);

/// <summary>How a sync is to go.</summary>
/// <param name="Cursors">Its lanes.</param>
/// <param name="Total">How many mails they have; null if the provider does not say.</param>
internal sealed record SyncPlan(SyncCursors Cursors, long? Total);
