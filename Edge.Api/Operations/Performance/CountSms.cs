using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Operations.Performance;

/// <summary>Texts that were dealt with, by what became of them.</summary>
/// <param name="Accepted">Became items.</param>
/// <param name="Refused">Were over their number's hourly limit.</param>
/// <param name="Unverified">Came from a number that was linked and not verified.</param>
/// <param name="Unknown">Came from nobody's number.</param>
internal sealed record TextCounts(long Accepted, long Refused, long Unverified, long Unknown);

/// <summary>Items, by their status.</summary>
internal sealed record ItemCounts(long Pending, long Processing, long Completed, long Failed);

/// <summary>What is in the tables of texts.</summary>
/// <param name="Texts">Those of the last hour.</param>
/// <param name="Items">Those of the last hour.</param>
/// <param name="Pending">Items of whatever age that nobody has begun with.</param>
/// <param name="Processing">Items of whatever age that are being worked on.</param>
/// <param name="OldestOpenAt">When the oldest of both was made.</param>
internal sealed record TextTables(TextCounts Texts, ItemCounts Items, long Pending, long Processing, DateTimeOffset? OldestOpenAt);

/// <summary>Counts texts and items of everybody, each by the index that 0006_texts.sql has for it.</summary>
internal static class CountSms
{
    // idx_sms_messages_processed, idx_enrichment_items_created_at, idx_enrichment_items_pending
    private const string Sql =
        """
        SELECT texts.accepted, texts.refused, texts.unverified, texts.unknown,
               items.pending, items.processing, items.completed, items.failed,
               open.pending, open.processing, open.oldest
        FROM (
            SELECT count(*) FILTER (WHERE outcome = 'accepted') AS accepted, count(*) FILTER (WHERE outcome = 'refused') AS refused,
                   count(*) FILTER (WHERE outcome = 'unverified') AS unverified, count(*) FILTER (WHERE outcome = 'unknown') AS unknown
            FROM sms_messages WHERE processed_at >= $1
        ) texts, (
            SELECT count(*) FILTER (WHERE status = 'pending') AS pending, count(*) FILTER (WHERE status = 'processing') AS processing,
                   count(*) FILTER (WHERE status = 'completed') AS completed, count(*) FILTER (WHERE status = 'failed') AS failed
            FROM enrichment_items WHERE created_at >= $1
        ) items, (
            SELECT count(*) FILTER (WHERE status = 'pending') AS pending, count(*) FILTER (WHERE status = 'processing') AS processing,
                   min(created_at) AS oldest
            FROM enrichment_items WHERE status IN ('pending', 'processing')
        ) open
        """;

    /// <summary>Counts what there is since then.</summary>
    public static async Task<TextTables> ExecuteAsync(NpgsqlDataSource database, DateTimeOffset since, CancellationToken cancellation) =>
        (await database.Command(Sql, since).FirstAsync(Read, cancellation))!;

    private static TextTables Read(NpgsqlDataReader row) => new(
        new(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)),
        new(row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7)),
        row.GetInt64(8), row.GetInt64(9), row.Nullable<DateTimeOffset>(10));
}
