namespace Switchboard.Load.GraphWebhooks;

/// <summary>What <c>graph-webhooks</c> was asked for.</summary>
internal sealed record GraphWebhooksOptions
{
    public required int Seconds { get; init; }

    public required int Connections { get; init; }

    public required Uri Edge { get; init; }

    public required Uri Simulator { get; init; }

    public required string Key { get; init; }

    public double? Rate { get; init; }

    public int Accounts { get; init; } = 4;

    /// <summary>How many mails are named, in all accounts together; each by several notifications when there are more of these.</summary>
    public int Mails { get; init; } = 2_000;

    public string ClientState { get; init; } = "demo-state";

    /// <summary>Whether the simulator's mailboxes bear any number of requests.</summary>
    public bool LiftLimits { get; init; }

    public int PatienceSeconds { get; init; } = 60;
}
