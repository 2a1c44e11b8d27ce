using System.Text.Json;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Microsoft;

/// <summary>A mail of <c>POST /_sim/graph/messages</c>.</summary>
/// <param name="Address">Whose mailbox; there must be one.</param>
/// <param name="Folder">inbox (as without it) or sentitems.</param>
/// <param name="From">The sender; without it the account holder, in the sent items.</param>
/// <param name="To">The recipients, one or an array; without it the account holder, in the inbox.</param>
/// <param name="Cc">Further recipients.</param>
/// <param name="Subject">May be empty.</param>
/// <param name="Body">The text; may be empty.</param>
/// <param name="InReplyTo">The Message-ID of the mail that it answers.</param>
/// <param name="References">The Message-IDs of the conversation, oldest first, with spaces between.</param>
/// <param name="ConversationId">Without it that of the mail that it answers, or a new one.</param>
/// <param name="InternetMessageId">Its own Message-ID.</param>
/// <param name="AutoReply">Whether its headers say that no person wrote it.</param>
/// <param name="Bounce">Whether its headers say that another could not be delivered.</param>
/// <param name="Report">What it says of each recipient; then it is a delivery report.</param>
/// <param name="Reported">The Message-ID of the mail that it reports of; without it that of the mail that it answers.</param>
/// <param name="At">When; now without it.</param>
/// <param name="Id">Graph's id.</param>
/// <param name="Broken">Whether its JSON lacks sender, recipients, times, conversation and Message-ID.</param>
/// <param name="Categories">As the account holder marked it.</param>
/// <param name="Silent">Whether no notification tells of it.</param>
internal sealed record NewGraphMail(
    string? Address,
    string? Folder = null,
    string? From = null,
    JsonElement? To = null,
    IReadOnlyList<string>? Cc = null,
    string? Subject = null,
    string? Body = null,
    string? InReplyTo = null,
    string? References = null,
    string? ConversationId = null,
    string? InternetMessageId = null,
    bool AutoReply = false,
    bool Bounce = false,
    IReadOnlyList<ReportedDelivery>? Report = null,
    string? Reported = null,
    DateTimeOffset? At = null,
    string? Id = null,
    bool Broken = false,
    IReadOnlyList<string>? Categories = null,
    bool Silent = false)
{
    /// <summary>Whether it tells of deliveries and not of a person.</summary>
    public bool IsReport => Bounce || Report is { Count: > 0 };

    public bool IsSent => string.Equals(Folder, nameof(MailFolder.SentItems), StringComparison.OrdinalIgnoreCase);

    /// <summary>What is wrong with it and what to do; null when nothing is.</summary>
    public string? Error =>
        Address is null ? "address: name the mailbox, such as demo@example.com."
        : !IsSent && Folder is not null && !Folder.Equals(nameof(MailFolder.Inbox), StringComparison.OrdinalIgnoreCase)
            ? "folder: use inbox or sentitems."
        : To is { ValueKind: not (JsonValueKind.String or JsonValueKind.Array or JsonValueKind.Null) }
            ? "to: use an address or an array of them."
        : IsSent && Recipients.Count == 0 ? "to: name whom it was sent to, such as ben@contoso.test."
        : !IsSent && string.IsNullOrWhiteSpace(From) ? "from: name the sender, such as ben@contoso.test."
        : Id is { Length: 0 } || Id?.Contains('/', StringComparison.Ordinal) is true
            ? "id: use characters that a path can have, without slashes."
        : null;

    /// <summary>The Message-IDs that it says it answers, the nearest first.</summary>
    public IReadOnlyList<string> Answers
    {
        get
        {
            var references = (References ?? "").Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
            return [.. references.Append(InReplyTo).Reverse().OfType<string>().Distinct()];
        }
    }

    public IReadOnlyList<MailAddress> Recipients => To?.ValueKind switch
    {
        JsonValueKind.String => [MailAddress.Parse(To.Value.GetString()!)],
        JsonValueKind.Array => [.. To.Value.EnumerateArray().Select(to => MailAddress.Parse(to.ToString()))],
        _ => [],
    };
}

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
            Headers = MailHeaders.Of(mail.InReplyTo, mail.References, mail.AutoReply, mail.IsReport),
            Report = mail.Report,
            Reported = mail.Reported ?? mail.InReplyTo,
            Categories = mail.Categories ?? [],
            IsRead = mail.IsSent,
            IsBroken = mail.Broken,
        };
        return new AddedMail(number, item, mail.Answers, mail.AutoReply || mail.IsReport, mail.Bounce);
    }
}

/// <summary>The mails of a mailbox that were put in by control calls. Not safe for threads: its mailbox has the lock.</summary>
internal sealed class AddedMails
{
    private readonly List<AddedMail> _all = [];
    private readonly FolderList[] _folders = [.. Enum.GetValues<MailFolder>().Select(_ => new FolderList())];
    private readonly Dictionary<string, AddedMail> _byId = [];
    private readonly Dictionary<string, AddedMail> _byInternetMessageId = [];
    private readonly Dictionary<string, List<AddedMail>> _byConversation = [];

    /// <summary>In the order in which they were put in; the place of each is its number.</summary>
    public IReadOnlyList<AddedMail> All => _all;

    public IMailList In(MailFolder folder) => _folders[(int)folder];

    public void Add(AddedMail mail)
    {
        _all.Add(mail);
        _folders[(int)mail.Item.Folder].Insert(mail.Position);
        _byId[mail.Item.Id] = mail;
        _byInternetMessageId.TryAdd(mail.Item.InternetMessageId, mail);
        if (!_byConversation.TryGetValue(mail.Item.ConversationId, out var conversation))
        {
            _byConversation[mail.Item.ConversationId] = conversation = [];
        }

        conversation.Add(mail);
    }

    public AddedMail At(MailPosition position) => _all[(int)(position.Order - MailPosition.FirstAdded)];

    public AddedMail? Find(string id) => _byId.GetValueOrDefault(id);

    public AddedMail? FindInternetMessage(string id) => _byInternetMessageId.GetValueOrDefault(id);

    public IReadOnlyList<AddedMail> Conversation(string id) => _byConversation.GetValueOrDefault(id) ?? [];

    private sealed class FolderList : IMailList
    {
        private readonly List<MailPosition> _positions = [];

        public int Count => _positions.Count;

        public MailPosition At(int rank) => _positions[rank];

        public void Insert(MailPosition position) => _positions.Insert(~_positions.BinarySearch(position), position);
    }
}
