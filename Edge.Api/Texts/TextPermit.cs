namespace Switchboard.Edge.Api.Texts;

/// <summary>Whether a text is within the limit of its number.</summary>
/// <param name="IsGranted">Whether it is.</param>
/// <param name="RetryAfter">If not: the time until one more is.</param>
internal readonly record struct TextPermit(bool IsGranted, TimeSpan RetryAfter)
{
    public static TextPermit Granted { get; } = new(true, TimeSpan.Zero);

    public static TextPermit Refused(TimeSpan retryAfter) => new(false, retryAfter);
}
