namespace Switchboard.Simulator.GraphMail;

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
