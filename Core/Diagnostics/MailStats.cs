namespace Switchboard.Core.Diagnostics;

/// <summary>The mails that a process recorded.</summary>
/// <param name="Total">Since it started.</param>
/// <param name="LastHour">In the last 60 minutes, a minute more or less.</param>
public sealed record MailStats(long Total, long LastHour) : IStats
{
    /// <inheritdoc/>
    public static string Section => "mails";
}
