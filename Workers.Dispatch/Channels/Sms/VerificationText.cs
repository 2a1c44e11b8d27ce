using System.Globalization;

namespace Switchboard.Workers.Dispatch.Channels.Sms;

/// <summary>The text that carries a verification code.</summary>
internal static class VerificationText
{
    /// <summary>The text. The code is its only run of six digits, so that a phone offers to fill it in.</summary>
    /// <param name="code">The code.</param>
    /// <param name="left">How long it is valid from now on; told in whole minutes, the begun one with them.</param>
    public static string Of(string code, TimeSpan left)
    {
        var minutes = Math.Max(1, (int)Math.Ceiling(left.TotalMinutes));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Your Switchboard code is {code}. It is valid for {minutes} {(minutes == 1 ? "minute" : "minutes")}. Give it to nobody who asks you for it.");
    }
}
