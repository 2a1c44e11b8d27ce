using System.CommandLine;
using System.Globalization;
using Npgsql;
using Switchboard.Load.Running;

namespace Switchboard.Load.Api;

/// <summary>What each mix of API requests is told.</summary>
internal sealed record ApiOptions
{
    public required int Seconds { get; init; }

    /// <summary>How long the same requests are sent before, unmeasured.</summary>
    public required int WarmUpSeconds { get; init; }

    /// <summary>How many a second.</summary>
    public required int Rate { get; init; }

    public required int Connections { get; init; }

    /// <summary>How Postgres is reached: rows are inserted there.</summary>
    public required string Database { get; init; }

    public required Uri Edge { get; init; }

    public required Uri Simulator { get; init; }

    public required string Key { get; init; }

    /// <summary>How many requests are sent in all.</summary>
    public long Requests => (long)Rate * (Seconds + WarmUpSeconds);
}

/// <summary>The same on the command line.</summary>
internal sealed class ApiArguments
{
    private readonly Option<int> _seconds = LoadCommand.Number("--seconds", "How long it asks.", 30, 1, 86_400);
    private readonly Option<int> _warmUp = LoadCommand.Number("--warm-up", "How long it asks before, unmeasured.", 20, 0, 3_600);
    private readonly Option<int> _rate = LoadCommand.Number(
        "--rate", "Requests a second, evenly spread; times count from when each was due.", 60, 1, 100_000);

    private readonly Option<int> _connections = LoadCommand.Number("--connections", "How many connections ask at once.", 32, 1, 10_000);
    private readonly Option<string> _database = new("--database")
    {
        Description = "How Postgres is reached (Host=…;Port=…), as a superuser: the rows are inserted there, while nobody else writes.",
        Required = true,
    };

    private readonly Option<Uri> _edge = LoadCommand.Edge();
    private readonly Option<Uri> _simulator = LoadCommand.Simulator();
    private readonly Option<string> _key = LoadCommand.Key();

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_seconds, _warmUp, _rate, _connections, _database, _edge, _simulator, _key])
            command.Options.Add(option);
    }

    /// <summary>What was said.</summary>
    public ApiOptions Read(ParseResult parsed) => new()
    {
        Seconds = parsed.GetValue(_seconds),
        WarmUpSeconds = parsed.GetValue(_warmUp),
        Rate = parsed.GetValue(_rate),
        Connections = parsed.GetValue(_connections),
        Database = parsed.GetValue(_database)!,
        Edge = parsed.GetValue(_edge)!,
        Simulator = parsed.GetValue(_simulator)!,
        Key = parsed.GetValue(_key)!,
    };
}

/// <summary>Inserts rows, sends a mix of requests, first unmeasured, and prints the table of their times.</summary>
internal sealed class ApiRun(ApiOptions options, LoadProgress progress, TimeProvider timeProvider)
{
    private double _seedSeconds;

    /// <summary>Reaches the product and the database, and runs a scenario with them.</summary>
    public async Task<ApiReport> WithServersAsync(
        Func<ApiClient, NpgsqlDataSource, Task<ApiReport>> scenario, CancellationToken cancellationToken)
    {
        using var edge = new ApiClient(options.Edge, "--edge", timeProvider);
        await edge.CheckAsync("/alive", cancellationToken);
        try
        {
            await using var dataSource = NpgsqlDataSource.Create(options.Database);
            return await scenario(edge, dataSource);
        }
        catch (Exception e) when (e is NpgsqlException or ArgumentException { Source: "Npgsql" })
        {
            throw new LoadException($"The database of --database cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Inserts the rows that are asked for, and notes for the report how long that took.</summary>
    /// <param name="action">What is inserted, for the progress.</param>
    /// <param name="dataSource">The database.</param>
    /// <param name="script">The inserts.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task SeedAsync(string action, NpgsqlDataSource dataSource, SeedScript script, CancellationToken cancellationToken)
    {
        var started = timeProvider.GetTimestamp();
        await progress.StageAsync(
            action, script.Tables.Count,
            async report => { await new BulkSeed(dataSource, script).RunAsync(report, cancellationToken); return 0; });
        _seedSeconds = timeProvider.GetElapsedTime(started).TotalSeconds;
        progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Inserted in {_seedSeconds:0} s"));
    }

    /// <summary>Sends them.</summary>
    /// <param name="kinds">What is asked for.</param>
    /// <param name="seed">Makes the requests differ from those of other runs.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ApiReport> SendAsync(IReadOnlyList<ApiKind> kinds, long seed, CancellationToken cancellationToken)
    {
        if (options.WarmUpSeconds > 0)
        {
            await new LoadStage(options.Connections, options.WarmUpSeconds, options.Rate) { Action = "Warming up with" }.RunAsync(
                "API requests", new ApiSource(options.Edge, kinds, ~seed), progress, timeProvider, cancellationToken);
        }

        var source = new ApiSource(options.Edge, kinds, seed);
        var load = await new LoadStage(options.Connections, options.Seconds, options.Rate)
            .RunAsync("API requests", source, progress, timeProvider, cancellationToken);
        progress.WriteLine("Checking their times");
        foreach (var line in ApiTable.Lines(kinds, source, load))
            progress.WriteLine(line);
        var report = ApiReport.Of(kinds, source, load, _seedSeconds);
        if (report.FirstError is { } error)
            progress.WriteLine($"{report.Errors} requests failed, the first one: {error}");
        return report;
    }
}
