namespace Switchboard.Simulator.GraphMail;

/// <summary>The folders of a mailbox; mails are in the first two.</summary>
internal enum MailFolder
{
    Inbox,
    SentItems,
    Drafts,
    DeletedItems,
}
