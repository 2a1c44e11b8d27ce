namespace Switchboard.Simulator.GraphMail;

/// <summary>A mail that was put in by a control call.</summary>
/// <param name="Number">From 0 in the order in which they were put in.</param>
/// <param name="Item">As Graph shows it.</param>
/// <param name="Answers">The Message-IDs that it says it answers, the nearest first.</param>
/// <param name="IsAutoReply">Whether no person wrote it.</param>
/// <param name="IsBounce">Whether it tells that another could not be delivered.</param>
internal sealed record AddedMail(int Number, MailItem Item, IReadOnlyList<string> Answers, bool IsAutoReply, bool IsBounce)
{
    public MailPosition Position => MailPosition.OfAdded(Item.At, Number);

    /// <summary>What is made of a control call.</summary>
    /// <param name="mail">The call.</param>
    /// <param name="number">The number of the mail.</param>
    /// <param name="at">When it came, in seconds since 1970.</param>
    /// <param name="conversationId">Where it belongs.</param>
    /// <param name="mailbox">Whose it is.</param>
    public static AddedMail Of(NewGraphMail mail, int number, long at, string conversationId, GraphMailbox mailbox)
    {
        var (order, ids, owner) = (MailPosition.FirstAdded + number, mailbox.Ids, MailAddress.Parse(mailbox.Address));
        var item = new MailItem
        {
            Id = mail.Id ?? ids.Item(order),
            Folder = mail.IsSent ? MailFolder.SentItems : MailFolder.Inbox,
            At = at,
            Subject = mail.Subject ?? "",
            Text = mail.Body ?? "",
            From = string.IsNullOrWhiteSpace(mail.From) ? owner : MailAddress.Parse(mail.From),
            To = mail.Recipients is { Count: > 0 } recipients ? recipients : [owner],
            Cc = [.. mail.Cc?.Select(MailAddress.Parse) ?? []],
            ConversationId = conversationId,
            ConversationIndex = ids.ConversationIndex(order, at),
            InternetMessageId = mail.InternetMessageId ?? ids.InternetMessage(order),
            Headers = MailHeaders.Of(mail.InReplyTo, mail.References, mail.AutoReply, mail.Bounce),
            Categories = mail.Categories ?? [],
            IsRead = mail.IsSent,
            IsBroken = mail.Broken,
        };
        return new AddedMail(number, item, mail.Answers, mail.AutoReply, mail.Bounce);
    }
}
