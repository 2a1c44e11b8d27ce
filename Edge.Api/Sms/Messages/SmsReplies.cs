using System.Globalization;

namespace Switchboard.Edge.Api.Sms.Messages;

/// <summary>What the senders of texts that are not taken get back. Plain letters: others make two texts of one.</summary>
internal static class SmsReplies
{
    public const string Unknown =
        "Hello! This phone number is not linked to an account here, so your text was not kept. "
        + "Please link and verify the number in your account, then send the text again.";

    public const string Unverified =
        "Hello! This phone number is linked but not verified yet, so your text was not kept. "
        + "Please enter the code that we sent to it (or ask for a new one) in your account, then send the text again.";

    /// <summary>The sender is over the limit.</summary>
    /// <param name="limit">How many texts in an hour.</param>
    /// <param name="retryAfter">The time until one more is taken.</param>
    public static string Refused(int limit, TimeSpan retryAfter)
    {
        var minutes = Math.Max(1, (int)Math.Ceiling(retryAfter.TotalMinutes));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"We take at most {limit} texts an hour from one number, so this one was not kept. Please send it again in {minutes} minute{(minutes == 1 ? "" : "s")}.");
    }
}
