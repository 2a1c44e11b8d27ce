using System.ComponentModel.DataAnnotations;

namespace Switchboard.Analytics.Worker.Retention;

/// <summary>Section <c>Retention</c>: for how many days what is kept, none of it for ever unless zero says so. Bodies go first.</summary>
internal sealed class RetentionOptions
{
    public const string Section = "Retention";

    /// <summary>Mails that were taken. They make a mail that comes again count once, so longer than a resync reaches back.</summary>
    [Range(31, 3_650)]
    public int EmailDays { get; set; } = 90;

    /// <summary>
    /// SMS that were not accepted: of a number that was nobody's or not verified, or over the limit.
    /// </summary>
    [Range(1, 3_650)]
    public int RefusedTextDays { get; set; } = 90;

    /// <summary>
    /// SMS that were accepted, and their enrichment items, which Workers.Ingest deletes with their files; 0 for ever. One that has an item
    /// stays as long as that: it says from whom and when the item came.
    /// </summary>
    [Range(0, 3_650)]
    public int TextDays { get; set; } = 730;

    /// <summary>Posts that are finished, with what became of them at each account, since they were made; 0 for ever.</summary>
    [Range(0, 3_650)]
    public int PostDays { get; set; } = 730;

    /// <summary>When a number that is nobody's was last answered: longer than the day for which one answer does.</summary>
    [Range(2, 365)]
    public int TextReplyDays { get; set; } = 2;

    /// <summary>Which SMS and callbacks have changed an opt-out: longer than their provider delivers one again.</summary>
    [Range(7, 365)]
    public int OptChangeDays { get; set; } = 30;

    /// <summary>Wrong codes of phone numbers: longer than the day for which they count.</summary>
    [Range(2, 365)]
    public int PhoneTryDays { get; set; } = 2;

    /// <summary>Notifications that are at their end, with their attempts; 0 for ever.</summary>
    [Range(0, 3_650)]
    public int NotificationDays { get; set; } = 365;

    /// <summary>What notifications that are at their end say; 0 for as long as the notification.</summary>
    [Range(0, 3_650)]
    public int NotificationBodyDays { get; set; } = 90;

    /// <summary>Items of inboxes, from when their notifications were made; 0 for as long as the notification.</summary>
    [Range(0, 3_650)]
    public int InboxDays { get; set; } = 90;

    /// <summary>Messages to webhook endpoints, with their deliveries, from when they were made; longer than the attempts take.</summary>
    [Range(5, 3_650)]
    public int WebhookDays { get; set; } = 30;

    /// <summary>The attempts of a notification's send, from when it was made; 0 for as long as the notification.</summary>
    [Range(0, 3_650)]
    public int AttemptDays { get; set; } = 90;

    /// <summary>The scores that social accounts had.</summary>
    [Range(1, 3_650)]
    public int HealthHistoryDays { get; set; } = 180;

    /// <summary>Roll-ups per minute.</summary>
    [Range(1, 3_650)]
    public int MinuteRollupDays { get; set; } = 14;

    /// <summary>Roll-ups per hour; 0 for ever.</summary>
    [Range(0, 3_650)]
    public int HourRollupDays { get; set; } = 730;

    /// <summary>Jobs that were given up; 0 for ever.</summary>
    [Range(0, 3_650)]
    public int DeadJobDays { get; set; } = 90;

    /// <summary>Answers for a repeated <c>Idempotency-Key</c>.</summary>
    [Range(1, 365)]
    public int IdempotencyKeyDays { get; set; } = 7;

    /// <summary>The ids of counted batches of events: longer than all attempts of a job take, which is some hours.</summary>
    [Range(1, 365)]
    public int CountedFactDays { get; set; } = 3;

    /// <summary>The metrics of jobs per minute.</summary>
    [Range(1, 365)]
    public int JobMinuteDays { get; set; } = 14;

    /// <summary>Full syncs that ended, with the mails that they could not read.</summary>
    [Range(1, 3_650)]
    public int MailSyncDays { get; set; } = 90;

    /// <summary>What was asked to be tracked mail by mail, from when it was asked; the tracked mails stay.</summary>
    [Range(1, 3_650)]
    public int TrackingRequestDays { get; set; } = 90;

    /// <summary>Authorizations that were started and never completed, from when they expired.</summary>
    [Range(1, 365)]
    public int AccountConnectionDays { get; set; } = 1;

    /// <summary>The changes of the states of social accounts, and the checks of proxies; 0 for ever.</summary>
    [Range(0, 3_650)]
    public int SocialHistoryDays { get; set; } = 365;

    /// <summary>Mails that came in and answer nothing, from when they were read: what they may answer is read by then.</summary>
    [Range(1, 3_650)]
    public int UnmatchedMailDays { get; set; } = 35;

    /// <summary>Tracked mails that are waited for no longer, with their answers, from when they were recorded; 0 for ever.</summary>
    [Range(0, 3_650)]
    public int TrackedMailDays { get; set; } = 730;

    /// <summary>Phone numbers that were linked and never verified.</summary>
    [Range(1, 3_650)]
    public int UnverifiedNumberDays { get; set; } = 30;

    /// <summary>Keys of the API that were revoked.</summary>
    [Range(1, 3_650)]
    public int RevokedKeyDays { get; set; } = 365;

    /// <summary>That a user was deleted, from when it was completed; it does not say whom.</summary>
    [Range(1, 3_650)]
    public int DeletionDays { get; set; } = 90;

    /// <summary>How often it is looked for what is too old, in minutes.</summary>
    [Range(1, 1_440)]
    public int EveryMinutes { get; set; } = 60;

    /// <summary>How many rows a statement deletes at most, so that it is short.</summary>
    [Range(1, 100_000)]
    public int ChunkSize { get; set; } = 5_000;

    /// <summary>For how long a run goes on deleting; what is left is for the next one.</summary>
    [Range(1, 1_200)]
    public int MaxTurnSeconds { get; set; } = 300;
}
