using System.Diagnostics.Metrics;

namespace Switchboard.Analytics.Worker.Retention;

/// <summary>What this process deletes, in the meter <c>Switchboard.Analytics</c>.</summary>
internal sealed class PruningMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _rows = meters.Create("Switchboard.Analytics")
        .CreateCounter<long>("switchboard.pruned.rows", "{row}", "Rows deleted because they were older than they are kept.");

    public void Pruned(string table, int rows) => _rows.Add(rows, new KeyValuePair<string, object?>("table", table));
}
