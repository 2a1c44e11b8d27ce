namespace Switchboard.Simulator.Gmail;

/// <summary>Puts mails into mailboxes and sees to it that they are pushed.</summary>
internal sealed class Inbox(Mailboxes mailboxes, PushDelivery pushes, TimeProvider time)
{
    public IReadOnlyList<StoredMail> Receive(IReadOnlyList<NewMail> mails)
    {
        var now = time.GetUtcNow();
        var stored = mails.Select(mail => mailboxes.Get(mail.To!).Add(mail, now)).ToList();
        foreach (var mailbox in mails.Select(mail => mailboxes.Get(mail.To!)).Distinct())
        {
            pushes.Notify(mailbox);
        }

        return stored;
    }
}
