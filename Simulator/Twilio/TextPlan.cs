namespace Switchboard.Simulator.Twilio;

/// <summary>What is to become of a text, settled when it is taken.</summary>
/// <param name="Start">What it is at first.</param>
/// <param name="SentAt">When it is sent; null when it never is.</param>
/// <param name="EndsAt">When it comes to its end; null when it never does.</param>
/// <param name="End">Its end: delivered or undelivered.</param>
/// <param name="ErrorCode">Why it was not delivered.</param>
internal sealed record TextPlan(
    TextStatus Start, DateTimeOffset? SentAt = null, DateTimeOffset? EndsAt = null, TextStatus End = TextStatus.Delivered, int? ErrorCode = null)
{
    public static TextPlan Received { get; } = new(TextStatus.Received);

    /// <summary>A reply to a number that wants none.</summary>
    public static TextPlan OptedOut { get; } = new(TextStatus.Failed, ErrorCode: 21610);

    public TextStatus At(DateTimeOffset now) => now >= EndsAt ? End : now >= SentAt ? TextStatus.Sent : Start;
}
