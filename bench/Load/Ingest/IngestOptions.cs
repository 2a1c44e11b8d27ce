namespace Switchboard.Load.Ingest;

/// <summary>What <c>ingest</c> was asked for.</summary>
internal sealed record IngestOptions
{
    /// <summary>How many mails were sent, from all accounts together.</summary>
    public required int Mails { get; init; }

    public required Uri Edge { get; init; }

    public required Uri Simulator { get; init; }

    public required string Key { get; init; }

    public double ReplyRate { get; init; } = 0.4;

    public double AutoReplyRate { get; init; } = 0.05;

    public double BounceRate { get; init; } = 0.02;

    public int SpanDays { get; init; } = 30;

    public int BatchSize { get; init; } = 100;

    public int Accounts { get; init; } = 1;

    /// <summary>Whether the simulator's mailboxes bear any number of requests.</summary>
    public bool LiftLimits { get; init; }

    public int PatienceSeconds { get; init; } = 60;

    /// <summary>The process whose memory is watched; null looks for it by its name.</summary>
    public int? IngestPid { get; init; }
}
