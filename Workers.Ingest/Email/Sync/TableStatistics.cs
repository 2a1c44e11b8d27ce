namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>
/// What the planner knows of the tables of tracked mail. A full sync fills them faster than autovacuum analyses them (once a minute): as long
/// as the planner takes them for small, or an account for one with few mails, any index that begins with the account looks as good to it as
/// the right one, and each look-up reads all mails of the account. So a sync has them analysed as it goes.
/// </summary>
internal sealed partial class TableStatistics(NpgsqlDataSource dataSource, ILogger<TableStatistics> logger)
{
    // Only the columns that mails are looked up by: with a list, the expressions of indexes are not worked out for each row of the sample,
    // which took longer than all else. Autovacuum analyses everything.
    private static readonly Dictionary<string, string> Columns = new()
    {
        ["tracked_emails"] = "id, account_id, message_key, conversation_key, subject_key, sent_at",
        ["received_emails"] =
            "account_id, message_key, conversation_key, subject_key, is_answer_subject, names, reported, tracked_email_id, received_at",
    };

    // Of those that have grown by a fifth, and by a thousand rows at least. By the count of rows: an ANALYZE of some columns does not reset
    // pg_stat_get_mod_since_analyze.
    private const string GrownSql =
        """
        SELECT c.relname
        FROM pg_class AS c
        WHERE c.oid = ANY ($1::text[]::regclass[])
          AND pg_stat_get_live_tuples(c.oid) > greatest(c.reltuples + 1000, 1.2 * c.reltuples)
        """;

    /// <summary>Has the tables analysed that have grown much. Reads a sample, and holds up nobody who reads or writes. A failure is logged:
    /// the next time comes soon.</summary>
    public async Task AnalyseGrownAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            var grown = connection.Command(GrownSql, (object)Columns.Keys.ToArray());
            foreach (var table in await grown.ListAsync(row => row.GetString(0), cancellationToken))
            {
                // autovacuum may be at it
                await connection.Command($"ANALYZE (SKIP_LOCKED) {table} ({Columns[table]})").RunAsync(cancellationToken);
            }
        }
        catch (NpgsqlException exception)
        {
            Log.Failed(logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The tables of tracked mail could not be analysed; look-ups may be slow until they are")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
