using System.CommandLine;

namespace Switchboard.Load.Tracked;

/// <summary>The command <c>tracked-api</c>.</summary>
internal static class TrackedCommand
{
    public static Command Create()
    {
        var seconds = LoadCommand.Number("--seconds", "How long it asks; 0 with --seed-rows only puts the rows in.", 60, 0, 86_400);
        var tracked = LoadCommand.Number("--tracked-rate", "Lists of tracked mails a second, of all filters, sorts and pages.", 30, 0, 100_000);
        var analytics = LoadCommand.Number("--analytics-rate", "Analytics a second, of all times and buckets.", 10, 0, 100_000);
        var sync = LoadCommand.Number("--sync-rate", "Syncs begun a second; 202 and 409 are both answers.", 5, 0, 100_000);
        var across = LoadCommand.Number("--across-percent", "How many of a hundred lists and analytics are about all accounts of the user together.", 0, 0, 100);
        var asFast = new Option<bool>("--as-fast")
        {
            Description = "Each connection asks again when it is answered (closed loop), in the proportion of the rates; without it they are kept (open loop).",
        };
        var connections = LoadCommand.Number("--connections", "How many connections ask at once.", 8, 1, 10_000);
        var database = new Option<string?>("--database") { Description = "How Postgres is reached (Host=…;Port=…), for --seed-rows and to count sequential scans." };
        var rows = new Option<int?>("--seed-rows") { Description = "First makes a user with so many tracked mails, by SQL; its key is told, to be used again with --key." };
        rows.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > 100_000_000)
            {
                result.AddError("--seed-rows must be 1 to 100000000.");
            }
        });
        var accounts = LoadCommand.Number("--seed-accounts", "In how many accounts these are.", 10, 1, 1_000);
        var days = LoadCommand.Number("--seed-days", "Over how many days, up to now, they were sent.", 180, 1, 3_650);
        var (edge, simulator, key) = (LoadCommand.Edge(), LoadCommand.Simulator(), LoadCommand.Key());
        key.Description = "A key of the user whose accounts are asked about, with the scopes mail and analytics; with --seed-rows one with the scope admin.";

        var command = new Command(
            "tracked-api",
            "Asks for tracked mails, for analytics and for syncs, as many a second as the product had to bear from the first, about accounts that there "
            + "are: of a user of an earlier run, or one that it makes with --seed-rows. What the lists answer is held against what was asked, every eighth in full. "
            + "Above 100 requests a second the house must allow more of a key: RateLimits__Default__Permits=10000000 ./run.sh. "
            + "Exit code 1 when something was wrong or failed, 2 when the load could not be put on.")
        {
            seconds, tracked, analytics, sync, across, asFast, connections, database, rows, accounts, days, edge, simulator, key,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            new TrackedOptions
            {
                Seconds = parsed.GetValue(seconds),
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
            cancellation));
        return command;
    }

    private static Task<int> RunAsync(TrackedOptions options, CancellationToken cancellation) => LoadCommand.RunAsync(
        progress => new TrackedScenario(options, progress, TimeProvider.System).RunAsync(cancellation), TrackedJson.Default.TrackedReport, report => report.IsFine);
}
