using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Load.Reporting;

namespace Switchboard.Load.Tracking.TrackedApi;

/// <summary>The command <c>tracked-api</c>.</summary>
internal static class TrackedCommand
{
    public static Command Create()
    {
        var seconds = LoadCommand.Number("--seconds", "How long it asks; 0 with --seed-rows only inserts the rows.", 60, 0, 86_400);
        var warmUp = LoadCommand.Number("--warm-up", "How long it asks before, unmeasured.", 0, 0, 3_600);
        var tracked = LoadCommand.Number(
            "--tracked-rate", "Lists of tracked mails a second, with all filters, sorts and pages.", 30, 0, 100_000);
        var analytics = LoadCommand.Number("--analytics-rate", "Analytics a second, of all periods and buckets.", 10, 0, 100_000);
        var sync = LoadCommand.Number("--sync-rate", "Syncs started a second; 202 and 409 are both accepted.", 5, 0, 100_000);
        var across = LoadCommand.Number(
            "--across-percent", "How many of a hundred lists and analytics are about all accounts of the user together.", 0, 0, 100);
        var asFast = new Option<bool>("--as-fast")
        {
            Description = "Each connection sends the next request when the last one is answered (closed loop), "
                + "in the proportion of the rates; without it the rates are kept (open loop).",
        };
        var connections = LoadCommand.Number("--connections", "How many connections ask at once.", 8, 1, 10_000);
        var database = new Option<string?>("--database")
        {
            Description = "How Postgres is reached (Host=…;Port=…), for --seed-rows and to count sequential scans.",
        };
        var rows = new Option<int?>("--seed-rows")
        {
            Description = "First makes a user with this many tracked mails, by SQL; its key is printed, to be used again with --key.",
        };
        rows.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > 100_000_000)
            {
                result.AddError("--seed-rows must be 1 to 100000000.");
            }
        });
        var accounts = LoadCommand.Number("--seed-accounts", "How many accounts they are spread over.", 10, 1, 1_000);
        var days = LoadCommand.Number("--seed-days", "Over how many days, up to now, they were sent.", 180, 1, 3_650);
        var (edge, simulator, key) = (LoadCommand.Edge(), LoadCommand.Simulator(), LoadCommand.Key());
        key.Description = "A key of the user whose accounts are asked about, with the scopes mail and analytics; "
            + "with --seed-rows one with the scope admin.";

        var command = new Command(
            "tracked-api",
            "Asks for tracked mails, for analytics and for syncs, at given rates, about existing accounts: "
            + "those of a user of an earlier run, or of one that it makes with --seed-rows. "
            + "Lists are checked against what was asked, every eighth in full. "
            + "Above 100 requests a second the product must allow more per key: RateLimits__Default__Permits=10000000 ./run.sh. "
            + "Exit code 1 when something was wrong or failed, 2 when the load could not run.")
        {
            seconds, warmUp, tracked, analytics, sync, across, asFast, connections, database, rows, accounts, days, edge, simulator, key,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new TrackedOptions
            {
                Seconds = parsed.GetValue(seconds),
                WarmUpSeconds = parsed.GetValue(warmUp),
                Connections = parsed.GetValue(connections),
                TrackedRate = parsed.GetValue(tracked),
                AnalyticsRate = parsed.GetValue(analytics),
                SyncRate = parsed.GetValue(sync),
                AcrossPercent = parsed.GetValue(across),
                AsFast = parsed.GetValue(asFast),
                Database = parsed.GetValue(database),
                SeedRows = parsed.GetValue(rows),
                SeedAccounts = parsed.GetValue(accounts),
                SeedDays = parsed.GetValue(days),
                Edge = parsed.GetValue(edge)!,
                Simulator = parsed.GetValue(simulator)!,
                Key = parsed.GetValue(key)!,
            },
            cancellationToken));
        return command;
    }

    private static Task<int> RunAsync(TrackedOptions options, CancellationToken cancellationToken) => LoadCommand.RunAsync(
        progress => new TrackedScenario(options, progress, TimeProvider.System).RunAsync(cancellationToken),
        TrackedJson.Default.TrackedReport,
        report => report.IsFine);
}

/// <summary>The options of <c>tracked-api</c>.</summary>
internal sealed record TrackedOptions
{
    /// <summary>How long it asks; 0 for not at all.</summary>
    public required int Seconds { get; init; }

    /// <summary>How long it asks before, unmeasured.</summary>
    public int WarmUpSeconds { get; init; }

    public required int Connections { get; init; }

    public required Uri Edge { get; init; }

    public required Uri Simulator { get; init; }

    public required string Key { get; init; }

    public int TrackedRate { get; init; } = 30;

    public int AnalyticsRate { get; init; } = 10;

    public int SyncRate { get; init; } = 5;

    /// <summary>How many of a hundred lists and analytics are about all accounts of the user together.</summary>
    public int AcrossPercent { get; init; }

    /// <summary>Whether each connection asks again when it is answered, in the proportion of the rates.</summary>
    public bool AsFast { get; init; }

    /// <summary>How Postgres is reached, to count sequential scans and to insert rows.</summary>
    public string? Database { get; init; }

    /// <summary>How many tracked mails are inserted, for a new user; null for none.</summary>
    public int? SeedRows { get; init; }

    public int SeedAccounts { get; init; } = 10;

    public int SeedDays { get; init; } = 180;

    /// <summary>Which of them do not go together, and what to do; null when they do.</summary>
    public string? Error =>
        TrackedRate + AnalyticsRate + SyncRate == 0 ? "One of --tracked-rate, --analytics-rate and --sync-rate must be over 0."
        : SeedRows is null && Seconds == 0 ? "--seconds must be over 0, unless there is --seed-rows."
        : SeedRows is not null && Database is null ? "--seed-rows needs --database."
        : null;
}

/// <summary>The JSON line that the command prints.</summary>
/// <param name="Tracked">The lists of tracked mails; null when none were asked for.</param>
/// <param name="Analytics">The analytics; null when none were asked for.</param>
/// <param name="Sync">The syncs; null when none were started.</param>
/// <param name="SyncAccepted">Syncs that were started, or were running and cover what was asked: 202.</param>
/// <param name="SyncConflicts">Syncs that could not start beside another: 409.</param>
/// <param name="Wrong">Lists with something that was not asked for.</param>
/// <param name="Rejected">Answers 429 and 503.</param>
/// <param name="Errors">Other failures.</param>
/// <param name="Seconds">How long the load was on.</param>
/// <param name="Rows">How many tracked mails there are in all, as Postgres estimates; null without <c>--database</c>.</param>
/// <param name="SequentialScans">Of the table of tracked mails during the load; null without <c>--database</c>.</param>
/// <param name="Seeded">What was inserted before; null for nothing.</param>
internal sealed record TrackedReport(
    KindStats? Tracked,
    KindStats? Analytics,
    KindStats? Sync,
    long SyncAccepted,
    long SyncConflicts,
    long Wrong,
    long Rejected,
    long Errors,
    double Seconds,
    long? Rows,
    long? SequentialScans,
    SeedStats? Seeded)
{
    [JsonIgnore]
    public bool IsFine => Wrong == 0 && Errors == 0;
}

/// <summary>How requests of a kind were answered.</summary>
/// <param name="Answered">How many were.</param>
/// <param name="PerSecond">Over the time of the load.</param>
/// <param name="Ms">From when each was to be sent to the answer.</param>
internal sealed record KindStats(long Answered, double PerSecond, Percentiles Ms);

/// <summary>What was inserted.</summary>
/// <param name="Rows">Tracked mails.</param>
/// <param name="Accounts">Accounts.</param>
/// <param name="UserKey">A key of their user.</param>
/// <param name="InsertSeconds">How long the inserts took.</param>
/// <param name="VacuumSeconds">How long it took to vacuum the table and to gather its statistics.</param>
/// <param name="DaysSeconds">How long it took until the product had brought its days up to them.</param>
internal sealed record SeedStats(
    long Rows,
    int Accounts,
    string UserKey,
    double InsertSeconds,
    double VacuumSeconds,
    double DaysSeconds);

/// <summary>The JSON that is read and written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SyncBody))]
[JsonSerializable(typeof(TrackedReport))]
internal sealed partial class TrackedJson : JsonSerializerContext;
