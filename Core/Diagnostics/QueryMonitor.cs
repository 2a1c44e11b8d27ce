using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Switchboard.Core.FeatureFlags;

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
    // the latest of each name, with its parameters: what the plan is asked for
    private readonly ConcurrentDictionary<string, QueryStatement> _latest = new();
    private readonly LatestOf<SlowQuery> _slowest = new(SlowQuery.Kept);
    private readonly RequestCounters _counters;
    private readonly QueryFlags _flags;
    private readonly QueryAlerts _alerts;
    private readonly TimeSpan _slow;
    private readonly TimeProvider _time;

    internal QueryMonitor(QueryFlags flags, QueryAlerts alerts, TimeSpan slow, TimeProvider timeProvider) =>
        (_flags, _alerts, _slow, _time, _counters) = (flags, alerts, slow, timeProvider, new RequestCounters(timeProvider));

    /// <summary>Runs a command and reads what it answers.</summary>
    /// <param name="name">Under which it is counted.</param>
    /// <param name="command">The command, with its parameters. The caller may dispose it; this does not.</param>
    /// <param name="run">Executes it and reads all of the answer: the time of both counts.</param>
    /// <param name="cancellationToken">Given to <paramref name="run"/>.</param>
    public async Task<T> RunAsync<T>(
        string name, NpgsqlCommand command, Func<NpgsqlCommand, CancellationToken, Task<T>> run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(run);
        var flags = await _flags.ReadAsync();
        if (!flags.IsMeasured)
            return await run(command, cancellationToken);
        var statement = _latest[name] = new QueryStatement(command);
        return await MeasureAsync(name, flags.IsAlerted, statement, ct => run(command, ct), cancellationToken);
    }

    /// <summary>The same for what is no single command: a batch, a copy, a transaction. It is logged without a plan.</summary>
    /// <param name="name">Under which it is counted.</param>
    /// <param name="run">Runs the command.</param>
    /// <param name="cancellationToken">Given to <paramref name="run"/>.</param>
    public async Task<T> RunAsync<T>(string name, Func<CancellationToken, Task<T>> run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        var flags = await _flags.ReadAsync();
        return flags.IsMeasured ? await MeasureAsync(name, flags.IsAlerted, null, run, cancellationToken) : await run(cancellationToken);
    }

    /// <summary>Whether this process can tell the plan of a query: it ran it, and it was a single command.</summary>
    public bool HasPlan(string name) => _latest.ContainsKey(name);

    /// <summary>
    /// How the database would run a query now, with the parameters of the last time that this process ran it, of which none is told; null
    /// when it did not. Only what was measured can be asked for, and nothing is run.
    /// </summary>
    /// <exception cref="NpgsqlException">The database did not tell it, or not within
    /// <see cref="QueryOptions.PlanTimeoutMilliseconds"/>.</exception>
    public async Task<string?> PlanAsync(string name, CancellationToken cancellationToken) =>
        _latest.TryGetValue(name, out var statement) ? await _alerts.PlanAsync(statement, cancellationToken) : null;

    /// <summary>What was measured until now.</summary>
    public QueryStats Read()
    {
        var (slow, recent) = _slowest.Read();
        return new(_counters.Read().Counters) { Slow = slow, RecentSlow = recent };
    }

    private async Task<T> MeasureAsync<T>(
        string name, bool isAlerted, QueryStatement? statement, Func<CancellationToken, Task<T>> run, CancellationToken cancellationToken)
    {
        var counter = _counters.Of(name);
        var begun = _time.GetTimestamp();
        var isError = true;
        try
        {
            var answer = await run(cancellationToken);
            isError = false;
            return answer;
        }
        finally
        {
            var duration = _time.GetElapsedTime(begun);
            // a caller gave up because it took so long, which counts; but it did not fail
            counter.Record(duration, isError && !cancellationToken.IsCancellationRequested);
            OperationTrail.Current?.Mark($"query {name}", duration);
            if (duration > _slow)
                _slowest.Add(new(name, _time.GetUtcNow(), Math.Round(duration.TotalMilliseconds, 1)));
            if (isAlerted && duration > _slow)
                _alerts.Alert(name, duration, statement);
        }
    }
}

/// <summary>What is done about queries, asked of the flags once a second: there are thousands of queries in one.</summary>
internal sealed class QueryFlags(FeatureRollout rollout, TimeProvider timeProvider)
{
    private static readonly TimeSpan _holds = TimeSpan.FromSeconds(1);

    private volatile Reading? _reading;

    /// <summary>As they were within the last second.</summary>
    public ValueTask<Reading> ReadAsync() =>
        _reading is { } reading && timeProvider.GetElapsedTime(reading.At) < _holds ? new(reading) : new(AskAsync());

    private async Task<Reading> AskAsync()
    {
        var at = timeProvider.GetTimestamp();
        var isMeasured = await rollout.IsOnAsync(Feature.PerformanceMonitoring, accountId: null);
        return _reading = new(at, isMeasured, isMeasured && await rollout.IsOnAsync(Feature.SlowQueryAlerts, accountId: null));
    }

    /// <summary>What they said.</summary>
    /// <param name="At">When, by the clock's timestamps.</param>
    /// <param name="IsMeasured">Whether queries are measured.</param>
    /// <param name="IsAlerted">Whether slow ones are logged, of those that are measured.</param>
    internal sealed record Reading(long At, bool IsMeasured, bool IsAlerted);
}

/// <summary>The queries that a process measures.</summary>
/// <param name="Counters">By the name under which they are measured; an error is one that failed without its caller giving up.</param>
public sealed record QueryStats(IReadOnlyDictionary<string, RequestCounts> Counters) : IStats
{
    /// <summary>How many were slow (<see cref="QueryOptions.SlowQueryMilliseconds"/>) since the process started.</summary>
    public long Slow { get; init; }

    /// <summary>The latest of them, the last one first.</summary>
    public IReadOnlyList<SlowQuery> RecentSlow { get; init; } = [];

    /// <inheritdoc/>
    public static string Section => "queries";
}

/// <summary>A query that was slow.</summary>
/// <param name="Name">Its name.</param>
/// <param name="At">When it ended.</param>
/// <param name="Milliseconds">How long it took.</param>
public sealed record SlowQuery(string Name, DateTimeOffset At, double Milliseconds)
{
    /// <summary>How many a process keeps.</summary>
    internal const int Kept = 20;
}

/// <summary>When a query is slow; section <c>Queries</c>.</summary>
public sealed class QueryOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Queries";

    /// <summary>A query that takes longer is logged with its plan.</summary>
    [Range(1, 600_000, ErrorMessage = "Queries:SlowQueryMilliseconds must be from 1 to 600000.")]
    public int SlowQueryMilliseconds { get; init; } = 1_000;

    /// <summary>How long the database may take to tell a plan.</summary>
    [Range(1, 60_000, ErrorMessage = "Queries:PlanTimeoutMilliseconds must be from 1 to 60000.")]
    public int PlanTimeoutMilliseconds { get; init; } = 5_000;
}

/// <summary>Registration of the measuring of queries.</summary>
public static class QueryMonitorServices
{
    /// <summary>
    /// Adds <see cref="QueryMonitor"/>, and what it measured to the report of this process (<see cref="ProcessReportServices"/>). The
    /// process must have an <see cref="NpgsqlDataSource"/>.
    /// </summary>
    public static IServiceCollection AddQueryMonitor(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(QueryMonitor)))
            return services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddRollout();
        services.AddOptions<QueryOptions>().BindConfiguration(QueryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(Make);
        return services.AddReportSection<QueryStats>(provider => provider.GetRequiredService<QueryMonitor>().Read);
    }

    private static QueryMonitor Make(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<QueryOptions>>().Value;
        var timeProvider = provider.GetRequiredService<TimeProvider>();
        return new(
            new QueryFlags(provider.GetRequiredService<FeatureRollout>(), timeProvider),
            new QueryAlerts(
                provider.GetRequiredService<NpgsqlDataSource>(),
                TimeSpan.FromMilliseconds(options.PlanTimeoutMilliseconds),
                timeProvider,
                provider.GetRequiredService<ILogger<QueryAlerts>>()),
            TimeSpan.FromMilliseconds(options.SlowQueryMilliseconds),
            timeProvider);
    }
}
