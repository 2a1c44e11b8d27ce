using Npgsql;

namespace Switchboard.Core.Jobs;

/// <summary>How Postgres treats the statements of a process that serves batches: each looks some rows up by their keys.</summary>
public static class BatchStatements
{
    // A plan is made once and kept, whatever the size of the tables was at that time: so it must be the one for large tables,
    // by index from row to row. To plan anew would cost a small batch more than its work.
    private const string ByKey =
        "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off";

    private const int MaxStatements = 50;

    /// <summary>Prepares and plans each statement once a connection; and leaves out what resets a session on its way back to the pool,
    /// since no handler changes one.</summary>
    public static void PlanByKey(NpgsqlDataSourceBuilder source)
    {
        ArgumentNullException.ThrowIfNull(source);
        source.ConnectionStringBuilder.MaxAutoPrepare = MaxStatements;
        source.ConnectionStringBuilder.NoResetOnClose = true;
        source.ConnectionStringBuilder.Options = ByKey;
    }
}
