using Npgsql;

namespace Switchboard.Core.Diagnostics;

/// <summary>
/// Measures queries by name, and has slow ones logged with their plan:
/// <code>
/// await queries.RunAsync("tracked-emails", database.Command(Sql, userId), (command, ct) => command.ListAsync(Read, ct), ct);
/// </code>
/// The name is a constant, in kebab-case, one for each statement. What was measured in the last minutes is in the report of the process
/// (<see cref="QueryStats"/>). With <c>ENABLE_PERFORMANCE_MONITORING</c> off it is a plain call, with <c>ENABLE_SLOW_QUERY_ALERTS</c> off
/// nothing is logged; a change holds within a second. The caller never waits for a log or a plan, and neither holds a value of a parameter.
/// </summary>
public sealed class QueryMonitor
{
    private readonly RequestCounters _counters;
    private readonly QueryFlags _flags;
    private readonly QueryAlerts _alerts;
    private readonly TimeSpan _slow;
    private readonly TimeProvider _time;

    internal QueryMonitor(QueryFlags flags, QueryAlerts alerts, TimeSpan slow, TimeProvider time) =>
        (_flags, _alerts, _slow, _time, _counters) = (flags, alerts, slow, time, new RequestCounters(time));

    /// <summary>Runs a command and reads what it answers.</summary>
    /// <param name="name">Under which it is counted.</param>
    /// <param name="command">The command, with its parameters. It may be disposed by who runs it, and is not by this.</param>
    /// <param name="run">Executes it and reads all of the answer: the time of both counts.</param>
    /// <param name="cancellation">Given to <paramref name="run"/>.</param>
    public async Task<T> RunAsync<T>(
        string name, NpgsqlCommand command, Func<NpgsqlCommand, CancellationToken, Task<T>> run, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(run);
        var flags = await _flags.ReadAsync();
        if (!flags.IsMeasured)
            return await run(command, cancellation);
        return await MeasureAsync(
            name, flags.IsAlerted, flags.IsAlerted ? new QueryStatement(command) : null, ct => run(command, ct), cancellation);
    }

    /// <summary>The same for what is no single command: a batch, a copy, the refresh of a view. It is logged without a plan.</summary>
    /// <param name="name">Under which it is counted.</param>
    /// <param name="run">Does it.</param>
    /// <param name="cancellation">Given to <paramref name="run"/>.</param>
    public async Task<T> RunAsync<T>(string name, Func<CancellationToken, Task<T>> run, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        var flags = await _flags.ReadAsync();
        return flags.IsMeasured ? await MeasureAsync(name, flags.IsAlerted, null, run, cancellation) : await run(cancellation);
    }

    /// <summary>What was measured until now.</summary>
    public QueryStats Read() => new(_counters.Read().Counters);

    private async Task<T> MeasureAsync<T>(
        string name, bool isAlerted, QueryStatement? statement, Func<CancellationToken, Task<T>> run, CancellationToken cancellation)
    {
        var counter = _counters.Of(name);
        var begun = _time.GetTimestamp();
        var isError = true;
        try
        {
            var answer = await run(cancellation);
            isError = false;
            return answer;
        }
        finally
        {
            var duration = _time.GetElapsedTime(begun);
            // whoever gave up did so because it took so long, which counts; but it did not fail
            counter.Record(duration, isError && !cancellation.IsCancellationRequested);
            if (isAlerted && duration > _slow)
                _alerts.Alert(name, duration, statement);
        }
    }
}
