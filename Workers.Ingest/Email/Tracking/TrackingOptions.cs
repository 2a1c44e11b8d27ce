using System.ComponentModel.DataAnnotations;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>Section <c>Tracking</c>: how answers are found, and how often it is looked for mails that nobody answered.</summary>
internal sealed class TrackingOptions
{
    public const string Section = "Tracking";

    /// <summary>An answer that names no mail and belongs to no conversation is found by its subject for so many days.</summary>
    [Range(1, 3_650)]
    public int SubjectWindowDays { get; set; } = 30;

    /// <summary>How often it is looked for reminders that are due and for mails that are not waited for any more; also how long one turn takes at most.</summary>
    [Range(1, 3_600)]
    public int CheckSeconds { get; set; } = 30;

    /// <summary>When to look again at a mail whose account is paused or has lost its grant.</summary>
    [Range(1, 1_440)]
    public int PausedRetryMinutes { get; set; } = 60;
}
