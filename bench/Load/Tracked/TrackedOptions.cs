namespace Switchboard.Load.Tracked;

/// <summary>What <c>tracked-api</c> was asked for.</summary>
internal sealed record TrackedOptions
{
    /// <summary>How long it asks; 0 for not at all.</summary>
    public required int Seconds { get; init; }

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

    /// <summary>How Postgres is reached, to count sequential scans and to put rows in.</summary>
    public string? Database { get; init; }

    /// <summary>How many tracked mails are put in, for a new user; null for none.</summary>
    public int? SeedRows { get; init; }

    public int SeedAccounts { get; init; } = 10;

    public int SeedDays { get; init; } = 180;

    /// <summary>What of them does not go together, and what to do; null for nothing.</summary>
    public string? Mistake =>
        TrackedRate + AnalyticsRate + SyncRate == 0 ? "One of --tracked-rate, --analytics-rate and --sync-rate must be over 0."
        : SeedRows is null && Seconds == 0 ? "--seconds must be over 0, unless there is --seed-rows."
        : SeedRows is not null && Database is null ? "--seed-rows needs --database."
        : null;
}
