namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>What a mail is to the one that it may answer, as stored and shown.</summary>
internal static class MailKind
{
    /// <summary>The owner of the mailbox sent it.</summary>
    public const string Sent = "sent";

    /// <summary>A person wrote it.</summary>
    public const string Reply = "reply";

    /// <summary>A program did: somebody is away, a ticket was opened, a delivery takes longer.</summary>
    public const string AutoReply = "auto-reply";

    /// <summary>A mail could not be delivered.</summary>
    public const string Bounce = "bounce";
}
