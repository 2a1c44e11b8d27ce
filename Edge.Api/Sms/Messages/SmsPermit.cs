namespace Switchboard.Edge.Api.Sms.Messages;

/// <summary>Whether a text is within the limit of its number.</summary>
/// <param name="IsGranted">Whether it is.</param>
/// <param name="RetryAfter">If not: the time until one more is.</param>
internal readonly record struct SmsPermit(bool IsGranted, TimeSpan RetryAfter)
{
    public static SmsPermit Granted { get; } = new(true, TimeSpan.Zero);

    public static SmsPermit Refused(TimeSpan retryAfter) => new(false, retryAfter);
}
