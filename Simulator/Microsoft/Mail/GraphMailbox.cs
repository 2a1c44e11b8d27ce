namespace Switchboard.Simulator.Microsoft;

/// <summary>A mailbox: its planned mails, which are computed, and those that were put in, which are stored.</summary>
internal sealed class GraphMailbox
{
    private readonly Lock _lock = new();
    private readonly AddedMails _added = new();
    private readonly PlannedMailbox _planned;
    private long _generation;

    public GraphMailbox(MailboxSpec spec, RequestGate gate, long generation)
    {
        Spec = spec;
        Gate = gate;
        Plan = new MailPlan(spec);
        Ids = new MailIds(spec);
        _planned = new PlannedMailbox(Plan, Ids);
        _generation = generation;
    }

    public MailboxSpec Spec { get; }

    public MailPlan Plan { get; }

    public MailIds Ids { get; }

    /// <summary>Who may come in.</summary>
    public RequestGate Gate { get; }

    public string Address => Spec.Address;

    /// <summary>Goes with each delta token; those of another one are stale.</summary>
    public long Generation => Volatile.Read(ref _generation);

    /// <summary>Whether a user, by address or id, is its account holder.</summary>
    public bool IsOf(string user) => user.Equals(Address, StringComparison.OrdinalIgnoreCase) || user == Ids.UserId.ToString();

    public void MakeTokensStale() => Interlocked.Increment(ref _generation);

    /// <summary>Puts a mail in.</summary>
    /// <returns>Null when there is one with its id.</returns>
    public AddedMail? Add(NewGraphMail mail, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (mail.Id is not null && Find(mail.Id) is not null)
            {
                return null;
            }

            var number = _added.All.Count;
            var conversation = mail.ConversationId ?? ConversationOf(mail.Answers) ?? Ids.Conversation(MailPosition.FirstAdded + number);
            var added = AddedMail.Of(mail, number, (mail.At ?? now).ToUnixTimeSeconds(), conversation, this);
            _added.Add(added);
            return added;
        }
    }

    /// <summary>The mails put in from a number on.</summary>
    public IReadOnlyList<AddedMail> AddedFrom(int number)
    {
        lock (_lock)
        {
            return [.. _added.All.Skip(number)];
        }
    }

    public int AddedCount
    {
        get
        {
            lock (_lock)
            {
                return _added.All.Count;
            }
        }
    }

    public MailItem? Find(string id)
    {
        lock (_lock)
        {
            return _added.Find(id)?.Item
                ?? (Ids.ReadItem(id) is { } code && _planned.Find(code) is { } planned ? _planned.Make(planned) : null);
        }
    }

    /// <summary>The mail with a Message-ID, in whichever folder it is.</summary>
    public MailPosition? FindInternetMessage(string id)
    {
        lock (_lock)
        {
            return _added.FindInternetMessage(id)?.Position
                ?? (Ids.ReadInternetMessage(id) is { } code && _planned.Find(code) is { } planned
                    && _planned.Make(planned).InternetMessageId == id
                    ? _planned.PositionOf(planned)
                    : null);
        }
    }

    /// <summary>The mails of a conversation, oldest first.</summary>
    public IReadOnlyList<MailPosition> Conversation(string id)
    {
        lock (_lock)
        {
            var planned = Ids.ReadConversation(id) is { } index && index < MailPosition.FirstAdded ? _planned.Conversation(index) : [];
            return [.. planned.Select(_planned.PositionOf).Concat(_added.Conversation(id).Select(mail => mail.Position)).Order()];
        }
    }

    /// <summary>The mails of a page.</summary>
    public IReadOnlyList<MailPosition> Read(MailRange range)
    {
        lock (_lock)
        {
            return range.Read(Lists(range.Folder));
        }
    }

    /// <summary>How many mails there are in a range.</summary>
    public int Count(MailRange range)
    {
        lock (_lock)
        {
            return range.Count(Lists(range.Folder));
        }
    }

    /// <summary>The planned mails of a folder: they never change.</summary>
    public IMailList Planned(MailFolder folder) => _planned.In(folder);

    public MailItem Get(MailPosition position)
    {
        if (!position.IsAdded)
        {
            return _planned.Make(PlannedMail.FromCode((int)position.Order));
        }

        lock (_lock)
        {
            return _added.At(position).Item;
        }
    }

    private IEnumerable<IMailList> Lists(MailFolder? folder) => folder is { } one
        ? [_planned.In(one), _added.In(one)]
        : Enum.GetValues<MailFolder>().SelectMany(each => Lists(each));

    private string? ConversationOf(IReadOnlyList<string> answers) =>
        answers.Select(FindInternetMessage).OfType<MailPosition>().Select(position => Get(position).ConversationId).FirstOrDefault();
}
