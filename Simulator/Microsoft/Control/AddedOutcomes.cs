namespace Switchboard.Simulator.Microsoft;

/// <summary>
/// What the mails that were put in tell of sent ones. One that names a sent mail in <c>In-Reply-To</c> or <c>References</c> answers the
/// nearest of them; one without answers the last mail that was sent in its conversation before it. Subjects say nothing here.
/// </summary>
internal sealed class AddedOutcomes
{
    private readonly Dictionary<long, MailOutcome> _byOrder = [];
    private readonly GraphMailbox _mailbox;
    private readonly List<AddedMail> _sent;
    private readonly Dictionary<string, AddedMail> _sentById = [];

    public AddedOutcomes(GraphMailbox mailbox)
    {
        _mailbox = mailbox;
        var added = mailbox.AddedFrom(0).Where(mail => !mail.Item.IsBroken).ToList();
        _sent = [.. added.Where(mail => mail.Item.Folder == MailFolder.SentItems).OrderBy(mail => mail.Position)];
        foreach (var mail in _sent)
        {
            _sentById.TryAdd(mail.Item.InternetMessageId, mail);
        }

        foreach (var mail in added.Where(mail => mail.Item.Folder == MailFolder.Inbox))
        {
            // what account holders send to themselves answers nothing
            if (!mailbox.IsOf(mail.Item.From.Address) && Answered(mail) is { } sent)
            {
                Add(mail, sent);
            }
        }
    }

    /// <summary>The sent mails that were put in, by their times.</summary>
    public IReadOnlyList<AddedMail> Sent => _sent;

    /// <summary>What they tell of a sent mail, planned or added.</summary>
    public MailOutcome Of(long order) => _byOrder.GetValueOrDefault(order);

    private void Add(AddedMail mail, (long Order, long SentAt) sent)
    {
        long? response = mail.IsAutoReply || mail.IsBounce ? null : Math.Max(0, mail.Item.At - sent.SentAt);
        _byOrder[sent.Order] = Of(sent.Order).And(new MailOutcome(response, mail.IsAutoReply && !mail.IsBounce, mail.IsBounce));
    }

    private (long Order, long SentAt)? Answered(AddedMail mail)
    {
        foreach (var id in mail.Answers)
        {
            if (_sentById.TryGetValue(id, out var sent))
            {
                return (sent.Position.Order, sent.Item.At);
            }

            if (_mailbox.Ids.ReadInternetMessage(id) is { } code && IsSent(code))
            {
                return (code, _mailbox.Plan.SentAt(PlannedMail.FromCode((int)code).Index));
            }
        }

        return mail.Answers.Count > 0 ? null : InConversation(mail.Item);
    }

    private (long Order, long SentAt)? InConversation(MailItem mail)
    {
        if (_sent.FindLast(sent => sent.Item.ConversationId == mail.ConversationId && sent.Item.At <= mail.At) is { } added)
        {
            return (added.Position.Order, added.Item.At);
        }

        if (_mailbox.Ids.ReadConversation(mail.ConversationId) is not { } index || index < 0 || index >= _mailbox.Plan.Count)
        {
            return null;
        }

        var sentAt = _mailbox.Plan.SentAt((int)index);
        return sentAt <= mail.At ? (new PlannedMail((int)index, MailKind.Sent).Code, sentAt) : null;
    }

    private bool IsSent(long code) =>
        code is >= 0 and <= int.MaxValue && PlannedMail.FromCode((int)code) is { Kind: MailKind.Sent } planned
            && planned.Index < _mailbox.Plan.Count;
}
