using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Syncs;

/// <summary>A full sync, and how far it is.</summary>
/// <param name="Id">Its id.</param>
/// <param name="AccountId">Whose mail it reads.</param>
/// <param name="State">queued, running, paused, completed, failed or cancelled.</param>
/// <param name="Since">From which time on; null: from the first mail on.</param>
/// <param name="BatchSize">How many mails a page has.</param>
/// <param name="Pages">How many pages were read.</param>
/// <param name="Processed">How many mails were read.</param>
/// <param name="Errors">How many could not be.</param>
/// <param name="Total">How many there were when it was planned.</param>
/// <param name="RatePerSecond">Mails a second since it began.</param>
/// <param name="EstimatedEndAt">When it will be at its end.</param>
/// <param name="Error">Why it failed, or what it waits for.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="UpdatedAt">When it last came further.</param>
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
