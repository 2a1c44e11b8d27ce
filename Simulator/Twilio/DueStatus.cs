namespace Switchboard.Simulator.Twilio;

/// <summary>A status that is to be told.</summary>
/// <param name="Text">Of which text.</param>
/// <param name="Status">Which one.</param>
/// <param name="ErrorCode">Why it failed, if it did.</param>
/// <param name="At">When it is told at the earliest.</param>
internal sealed record DueStatus(TextMessage Text, TextStatus Status, int? ErrorCode, DateTimeOffset At)
{
    /// <summary>The same in each try.</summary>
    public Guid IdempotencyToken { get; } = Guid.CreateVersion7();

    /// <summary>How often it was not accepted.</summary>
    public int Failures { get; init; }

    /// <summary>What is told once this was accepted.</summary>
    public DueStatus? Then { get; init; }
}
