namespace Switchboard.Load.Sms;

/// <summary>What <c>sms</c> was asked for.</summary>
internal sealed record SmsOptions
{
    public required int Seconds { get; init; }

    public required int Concurrent { get; init; }

    public required Uri Edge { get; init; }

    public required Uri Simulator { get; init; }

    public required string Key { get; init; }

    public double? Rate { get; init; }

    /// <summary>After how many texts it ends at the latest.</summary>
    public int? Count { get; init; }

    public int Numbers { get; init; } = 1000;

    public double MediaShare { get; init; } = 0.2;

    public int MediaBytes { get; init; } = 100_000;

    public string AccountSid { get; init; } = "ACdemo";

    public string AccountToken { get; init; } = "demo-twilio-token";

    public int PatienceSeconds { get; init; } = 60;

    /// <summary>The process whose memory is watched; null looks for it by its name.</summary>
    public int? IngestPid { get; init; }
}
