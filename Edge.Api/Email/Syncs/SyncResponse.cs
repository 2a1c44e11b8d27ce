using System.Text.Json.Serialization;

namespace Switchboard.Edge.Api.Email.Syncs;

/// <summary>A full sync and its progress.</summary>
/// <param name="Id">Its id.</param>
/// <param name="AccountId">The account whose mail it reads.</param>
/// <param name="State">queued, running, paused, completed, failed or cancelled.</param>
/// <param name="Since">The time from which mail is read; null: from the first mail on.</param>
/// <param name="BatchSize">How many mails a page has.</param>
/// <param name="Pages">How many pages were read.</param>
/// <param name="Processed">How many mails were read.</param>
/// <param name="Errors">How many mails could not be read.</param>
/// <param name="Total">How many there were when it was planned.</param>
/// <param name="RatePerSecond">Mails a second since it started.</param>
/// <param name="EstimatedEndAt">The estimated time of its end.</param>
/// <param name="Error">Why it failed, or what it waits for.</param>
/// <param name="CreatedAt">When it was requested.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="UpdatedAt">When it last made progress.</param>
/// <param name="FinishedAt">When it ended.</param>
internal record SyncResponse(
    Guid Id,
    Guid AccountId,
    string State,
    DateTimeOffset? Since,
    int BatchSize,
    int Pages,
    long Processed,
    long Errors,
    long? Total,
    double? RatePerSecond,
    DateTimeOffset? EstimatedEndAt,
    string? Error,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? FinishedAt)
{
    /// <summary>The columns, in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns =
        "id, account_id, state, since, batch_size, pages, processed, errors, total, error, created_at, started_at, updated_at, finished_at";

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static SyncResponse Read(NpgsqlDataReader row)
    {
        var state = row.GetString(2);
        var (processed, total) = (row.GetInt64(6), row.Nullable<long>(8));
        var (startedAt, updatedAt) = (row.Nullable<DateTimeOffset>(11), row.GetFieldValue<DateTimeOffset>(12));
        var pace = SyncPace.Of(state, processed, total, startedAt, updatedAt);
        return new(
            row.GetGuid(0), row.GetGuid(1), state, row.Nullable<DateTimeOffset>(3), row.GetInt32(4), row.GetInt32(5), processed,
            row.GetInt64(7), total, pace.RatePerSecond, pace.EstimatedEndAt, row.Text(9), row.GetFieldValue<DateTimeOffset>(10),
            startedAt, updatedAt, row.Nullable<DateTimeOffset>(13));
    }
}

/// <summary>A mail that a sync could not read.</summary>
/// <param name="MessageId">The provider's id of it.</param>
/// <param name="Error">Why it could not be read.</param>
internal sealed record SyncFailure(string MessageId, string Error);

/// <summary>A full sync with the mails that it could not read, the first hundred of them.</summary>
internal sealed record SyncDetail : SyncResponse
{
    public SyncDetail(SyncResponse sync, IReadOnlyList<SyncFailure> failures)
        : base(sync) => Failures = failures;

    [JsonPropertyOrder(1)]
    public IReadOnlyList<SyncFailure> Failures { get; }
}

/// <summary>The state of a full sync, as stored and shown.</summary>
internal static class SyncState
{
    /// <summary>Its job waits.</summary>
    public const string Queued = "queued";

    public const string Running = "running";

    /// <summary>Its account is not active; it is resumed when that is.</summary>
    public const string Paused = "paused";

    public const string Completed = "completed";

    public const string Failed = "failed";

    /// <summary>Its user cancelled it.</summary>
    public const string Cancelled = "cancelled";
}

/// <summary>How fast a sync is, and when it will end. A pure decision.</summary>
/// <param name="RatePerSecond">Mails a second since it started; null before there are any.</param>
/// <param name="EstimatedEndAt">When it ends if it goes on like this; null unless it runs and was planned.</param>
internal sealed record SyncPace(double? RatePerSecond, DateTimeOffset? EstimatedEndAt)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <summary>Works it out from what its row says.</summary>
    public static SyncPace Of(string state, long processed, long? total, DateTimeOffset? startedAt, DateTimeOffset updatedAt)
    {
        if (startedAt is not { } start || processed <= 0 || updatedAt <= start)
            return new(null, null);

        var rate = processed / (updatedAt - start).TotalSeconds;
        var left = Math.Max(0, total - processed ?? 0) / rate;
        return new(
            Math.Round(rate, 1),
            state == SyncState.Running && total is not null && left < Longest.TotalSeconds ? updatedAt.AddSeconds(left) : null);
    }
}
