using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Microsoft;

/// <summary>The planned mails of a mailbox: where they stand in each folder, and each as Graph shows it.</summary>
internal sealed class PlannedMailbox(MailPlan plan, MailIds ids)
{
    private readonly MailTexts _texts = new(plan);
    private readonly SentMails _sent = new(plan);
    private readonly Lazy<ArrivedMails> _arrived = new(() => new ArrivedMails(plan));

    public IMailList In(MailFolder folder) => folder switch
    {
        MailFolder.SentItems => _sent,
        MailFolder.Inbox => _arrived.Value,
        _ => EmptyMails.Instance,
    };

    /// <summary>The mail with a code, such as an id names; null when there is none.</summary>
    public PlannedMail? Find(long code) =>
        code is >= 0 and <= int.MaxValue && PlannedMail.FromCode((int)code) is var mail && plan.Has(mail) ? mail : null;

    /// <summary>What there is in the conversation that a sent mail began, in no order.</summary>
    public IEnumerable<PlannedMail> Conversation(long index) =>
        index >= 0 && index < plan.Count
            ? Enum.GetValues<MailKind>().Select(kind => new PlannedMail((int)index, kind)).Where(plan.Has)
            : [];

    public MailPosition PositionOf(PlannedMail mail) => plan.PositionOf(mail);

    /// <summary>A mail as Graph shows it.</summary>
    public MailItem Make(PlannedMail mail)
    {
        var (index, kind) = mail;
        var sentAt = plan.SentAt(index);
        var item = new MailItem
        {
            Id = ids.Item(mail.Code),
            Folder = mail.Folder,
            At = sentAt,
            Subject = _texts.Subject(index),
            Text = _texts.Text(index),
            From = Owner,
            To = [_texts.Recipient(index)],
            ConversationId = ids.Conversation(index),
            ConversationIndex = ids.ConversationIndex(index, sentAt),
            InternetMessageId = ids.InternetMessage(new PlannedMail(index, MailKind.Sent).Code),
        };
        return kind == MailKind.Sent
            ? item with { Cc = _texts.Copies(index), Categories = _texts.Categories(index) }
            : Answer(item, index, kind, plan.OutcomeOf(index).After(kind)!.Value);
    }

    private MailAddress Owner { get; } = new(
        plan.Spec.Address[..plan.Spec.Address.IndexOf('@', StringComparison.Ordinal)], plan.Spec.Address);

    private MailItem Answer(MailItem sent, int index, MailKind kind, long after)
    {
        var domain = _texts.DomainOf(index);
        return sent with
        {
            At = sent.At + after,
            Subject = kind switch
            {
                MailKind.Reply => "Re: ",
                MailKind.AutoReply => "Automatic reply: ",
                _ => "Undeliverable: ",
            } + sent.Subject,
            Text = kind switch
            {
                MailKind.Reply => _texts.ReplyText(index),
                MailKind.AutoReply => "Thank you for your mail. I am out of the office and will answer when I am back.",
                _ => $"Your message to {sent.To[0].Address} couldn't be delivered.\n\n550 5.1.1 The mailbox does not exist.",
            },
            From = kind == MailKind.Bounce ? new MailAddress("Microsoft Outlook", $"postmaster@{domain}") : sent.To[0],
            To = [Owner],
            ConversationIndex = ids.ConversationIndex(index, sent.At, after),
            InternetMessageId = ids.InternetMessage(new PlannedMail(index, kind).Code, domain),
            Headers = MailHeaders.Of(sent.InternetMessageId, sent.InternetMessageId, kind == MailKind.AutoReply, kind == MailKind.Bounce),
            // of all whom it was sent to
            Report = kind == MailKind.Bounce
                ? [.. sent.To.Concat(_texts.Copies(index)).Select(to => new ReportedDelivery(to.Address))]
                : null,
            Reported = kind == MailKind.Bounce ? sent.InternetMessageId : null,
            IsRead = plan.Pick(index, Purpose.Read, 4) != 0,
        };
    }
}

/// <summary>The planned mails of the sent items: in the order of their indexes.</summary>
internal sealed class SentMails(MailPlan plan) : IMailList
{
    public int Count => plan.Count;

    public MailPosition At(int rank) => plan.PositionOf(new PlannedMail(rank, MailKind.Sent));
}

/// <summary>
/// The planned mails of the inbox. They overtake each other, so their order is the one thing that is kept: 4 bytes a mail.
/// </summary>
internal sealed class ArrivedMails : IMailList
{
    private readonly MailPlan _plan;
    private readonly int[] _codes;

    public ArrivedMails(MailPlan plan)
    {
        _plan = plan;
        List<long> seconds = [];
        List<int> codes = [];
        for (var index = 0; index < plan.Count; index++)
        {
            var (outcome, sent) = (plan.OutcomeOf(index), plan.SentAt(index));
            Add(index, MailKind.Reply, sent, outcome.ReplyAfter);
            Add(index, MailKind.AutoReply, sent, outcome.AutoReplyAfter);
            Add(index, MailKind.Bounce, sent, outcome.BounceAfter);
        }

        _codes = Sorted([.. seconds], [.. codes]);

        void Add(int index, MailKind kind, long sent, long? after)
        {
            if (after is { } late)
            {
                seconds.Add(sent + late);
                codes.Add(new PlannedMail(index, kind).Code);
            }
        }
    }

    public int Count => _codes.Length;

    public MailPosition At(int rank) => _plan.PositionOf(PlannedMail.FromCode(_codes[rank]));

    private static int[] Sorted(long[] seconds, int[] codes)
    {
        Array.Sort(seconds, codes);
        // within a second by code
        for (int start = 0, end; start < seconds.Length; start = end)
        {
            for (end = start + 1; end < seconds.Length && seconds[end] == seconds[start];)
            {
                end++;
            }

            Array.Sort(codes, start, end - start);
        }

        return codes;
    }
}
