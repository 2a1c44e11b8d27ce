namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>
/// Works out what each answer answers: the nearest mail that it names and that is tracked; else the last one sent before it in its
/// conversation; else the last one with its subject that was sent to whom it is from; a delivery report that shows no more than a recipient
/// is about the last one sent to them. It follows from what is stored and what is about to be, so it does not matter which mail came first.
/// Clocks may disagree: a mail that is named may have been sent later.
/// </summary>
internal sealed class MatchAnswers(AccountTransaction account, NewSentMails sent, TimeSpan subjectWindow)
{
    /// <summary>For each answer what it answers, in their order; null for nothing.</summary>
    public async Task<Match?[]> ExecuteAsync(IReadOnlyList<ReceivedMail> answers, CancellationToken cancellationToken)
    {
        var matches = new Match?[answers.Count];
        await ByReferenceAsync(answers, matches, cancellationToken);

        var open = Open(index => answers[index].ConversationKey is not null);
        var conversations = await TrackedEmailStore.LastInConversationAsync(account, Of(open), cancellationToken);
        Take(open, conversations, sent.InConversation, Match.Conversation);

        open = Open(index => answers[index].IsAnswerSubject);
        var subjects = await TrackedEmailStore.LastWithSubjectAsync(account, Of(open), subjectWindow, cancellationToken);
        Take(open, subjects, sent.WithSubject, Match.Subject);

        open = Open(index => answers[index].IsByRecipient);
        var recipients = await TrackedEmailStore.LastToRecipientAsync(account, Of(open), cancellationToken);
        Take(open, recipients, sent.ToRecipient, Match.Recipient);
        return matches;

        int[] Open(Func<int, bool> may) => [.. Enumerable.Range(0, answers.Count).Where(index => matches[index] is null && may(index))];

        ReceivedMail[] Of(int[] indexes) => [.. indexes.Select(index => answers[index])];

        void Take(int[] indexes, Candidate?[] stored, Func<ReceivedMail, Candidate?> fresh, string by)
        {
            for (var i = 0; i < indexes.Length; i++)
                if (Candidate.Later(stored[i], fresh(answers[indexes[i]])) is { } last)
                    matches[indexes[i]] = new Match(last.Id, by);
        }
    }

    private async Task ByReferenceAsync(IReadOnlyList<ReceivedMail> answers, Match?[] matches, CancellationToken cancellationToken)
    {
        var names = answers.SelectMany(answer => answer.Names).Where(name => sent.Named(name) is null).Distinct().ToArray();
        var stored = await TrackedEmailStore.KnownAsync(account, names, cancellationToken);
        for (var i = 0; i < answers.Count; i++)
        {
            foreach (var name in answers[i].Names)
            {
                if ((sent.Named(name) ?? (stored.TryGetValue(name, out var id) ? id : null)) is { } named)
                {
                    matches[i] = new Match(named, Match.Reference);
                    break;
                }
            }
        }
    }
}

/// <summary>The sent mails that are about to be stored, as answers look for them: the same rules as those of the statements that look
/// among the stored ones.</summary>
internal sealed class NewSentMails
{
    private readonly Dictionary<Guid, Guid> _byKey;
    private readonly ILookup<Guid, SentMail> _byConversation;
    private readonly ILookup<Guid, SentMail> _bySubject;
    private readonly TimeSpan _subjectWindow;

    public NewSentMails(IReadOnlyList<SentMail> mails, TimeSpan subjectWindow)
    {
        All = mails;
        _byKey = mails.ToDictionary(mail => mail.Key, mail => mail.Id);
        _byConversation = mails.Where(mail => mail.ConversationKey is not null).ToLookup(mail => mail.ConversationKey!.Value);
        _bySubject = mails.ToLookup(mail => mail.SubjectKey);
        _subjectWindow = subjectWindow;
    }

    public IReadOnlyList<SentMail> All { get; }

    /// <summary>The mail of a key; null when it is not among them.</summary>
    public Guid? Named(Guid key) => _byKey.TryGetValue(key, out var id) ? id : null;

    /// <summary>The last one sent in its conversation before an answer came.</summary>
    public Candidate? InConversation(ReceivedMail answer) => answer.ConversationKey is not { } key
        ? null
        : Last(_byConversation[key].Where(mail => mail.SentAt <= answer.ReceivedAt));

    /// <summary>The last one sent with its subject to whom the answer is from, within the window.</summary>
    public Candidate? WithSubject(ReceivedMail answer) => !answer.IsAnswerSubject
        ? null
        : Last(_bySubject[answer.SubjectKey].Where(mail =>
            mail.SentAt <= answer.ReceivedAt && mail.SentAt >= answer.ReceivedAt - _subjectWindow && answer.IsOf(mail.Recipients)));

    /// <summary>The last one sent to whom a report tells of, while servers still try to deliver it.</summary>
    public Candidate? ToRecipient(ReceivedMail report) => !report.IsByRecipient
        ? null
        : Last(All.Where(mail =>
            mail.SentAt <= report.ReceivedAt && mail.SentAt >= report.ReceivedAt - Match.LongestDelivery && report.IsOf(mail.Recipients)));

    private static Candidate? Last(IEnumerable<SentMail> mails) => mails.Aggregate(
        (Candidate?)null, (last, mail) => Candidate.Later(last, new Candidate(mail.Id, mail.Key, mail.SentAt)));
}

/// <summary>New mails with what is answered by what now, and what of it has to be written.</summary>
internal sealed class Matched
{
    private readonly IReadOnlyList<StoredAnswer> _stored;
    private readonly IReadOnlyList<Match?> _matches;
    private readonly HashSet<Guid> _newIds;

    /// <param name="sent">The new sent mails.</param>
    /// <param name="received">The new ones that came in.</param>
    /// <param name="stored">The stored answers that may answer one of the new sent mails.</param>
    /// <param name="matches">What is answered by the received mails, then by the stored answers.</param>
    public Matched(
        IReadOnlyList<SentMail> sent,
        IReadOnlyList<NewReceivedMail> received,
        IReadOnlyList<StoredAnswer> stored,
        IReadOnlyList<Match?> matches)
    {
        Sent = sent;
        Received = received;
        _stored = stored;
        _matches = matches;
        _newIds = [.. sent.Select(mail => mail.Id)];
        ReceivedMatches = [.. matches.Take(received.Count)];
        Moved = [.. stored.Zip(matches.Skip(received.Count))
            .Where(answer => answer.First.Match != answer.Second)
            .Select(answer => (answer.First.Mail.Id, answer.Second))];
    }

    public IReadOnlyList<SentMail> Sent { get; }

    public IReadOnlyList<NewReceivedMail> Received { get; }

    /// <summary>What each of <see cref="Received"/> answers.</summary>
    public IReadOnlyList<Match?> ReceivedMatches { get; }

    /// <summary>The stored answers that answer something else than before.</summary>
    public IReadOnlyList<(Guid Id, Match? Match)> Moved { get; }

    /// <summary>Whether a list, a thread or a stat is another one than before.</summary>
    public bool ChangesWhatIsShown => Sent.Count > 0 || Moved.Count > 0 || ReceivedMatches.Any(match => match is not null);

    /// <summary>What became of the new sent mails: all that may answer them is here.</summary>
    public IReadOnlyDictionary<Guid, Outcome> Outcomes()
    {
        var answers = Received.Select(mail => mail.Mail).Concat(_stored.Select(answer => answer.Mail)).Zip(_matches)
            .ToLookup(answer => answer.Second?.TrackedId, answer => answer.First);
        return Sent.ToDictionary(mail => mail.Id, mail => Outcome.Of(mail, answers[mail.Id]));
    }

    /// <summary>The stored mails that gained or lost an answer.</summary>
    public Guid[] StoredToSettle()
    {
        var gained = ReceivedMatches.Concat(Moved.Select(answer => answer.Match));
        var moved = Moved.Select(answer => answer.Id).ToHashSet();
        var lost = _stored.Where(answer => moved.Contains(answer.Mail.Id)).Select(answer => answer.Match);
        return [.. gained.Concat(lost)
            .Select(match => match?.TrackedId).OfType<Guid>()
            .Where(id => !_newIds.Contains(id))
            .Distinct().Order()];
    }
}

/// <summary>What a mail that came in answers.</summary>
/// <param name="TrackedId">The sent mail, a row in <c>tracked_emails</c>.</param>
/// <param name="By">By what that was recognised: <see cref="Reference"/>, <see cref="Conversation"/>, <see cref="Subject"/> or
/// <see cref="Recipient"/>.</param>
internal readonly record struct Match(Guid TrackedId, string By)
{
    public const string Reference = "reference";
    public const string Conversation = "conversation";
    public const string Subject = "subject";
    public const string Recipient = "recipient";

    /// <summary>How long after a mail was sent a report that shows no more than a recipient is taken to be about it: servers try for four
    /// to five days (RFC 5321, 4.5.4.1), and the report has a way, too.</summary>
    public static readonly TimeSpan LongestDelivery = TimeSpan.FromDays(7);
}

/// <summary>A sent mail that may be the one that is answered: of several it is the last one.</summary>
/// <param name="Id">Its row.</param>
/// <param name="Key">Of its Message-ID: says which of two sent at once is the last one, whatever was stored first.</param>
/// <param name="SentAt">When it was sent.</param>
internal readonly record struct Candidate(Guid Id, Guid Key, DateTimeOffset SentAt)
{
    /// <summary>The later of two.</summary>
    public static Candidate? Later(Candidate? one, Candidate? other) =>
        one is not { } a ? other : other is not { } b ? one : (a.SentAt, a.Key).CompareTo((b.SentAt, b.Key)) > 0 ? one : other;
}

/// <summary>A mail that came in and is stored, with what it was taken to answer so far.</summary>
internal sealed record StoredAnswer(ReceivedMail Mail, Match? Match);

/// <summary>What became of a sent mail, by all that answers it; <see cref="TrackedEmailStore.SettleAsync"/> works out the same of stored
/// answers.</summary>
/// <param name="RespondedAt">When a person first answered.</param>
/// <param name="Responses">How often persons did.</param>
/// <param name="AutoRepliedAt">When a program first answered.</param>
/// <param name="BouncedAt">When it first came back.</param>
/// <param name="IsBounced">Whether it came back from all whom it was sent to.</param>
internal readonly record struct Outcome(
    DateTimeOffset? RespondedAt, int Responses, DateTimeOffset? AutoRepliedAt, DateTimeOffset? BouncedAt, bool IsBounced)
{
    /// <summary>The outcome of a mail with these answers; what calendars and emojis say is none.</summary>
    public static Outcome Of(SentMail mail, IEnumerable<ReceivedMail> answers)
    {
        var byKind = answers.ToLookup(answer => answer.Kind);
        ReceivedMail[] bounces = [.. byKind[MailKind.Bounce]];
        return new(
            First(byKind[MailKind.Reply]),
            byKind[MailKind.Reply].Count(),
            First(byKind[MailKind.AutoReply]),
            First(bounces),
            IsAll(mail, bounces));
    }

    /// <summary>How long the first answer took, in whole seconds; clocks that disagree make it none.</summary>
    public int? ResponseSeconds(DateTimeOffset sentAt) =>
        RespondedAt is { } at ? (int)Math.Clamp(Math.Floor((at - sentAt).TotalSeconds), 0, int.MaxValue) : null;

    /// <summary>The first answer; null where there is none.</summary>
    public FirstReply? FirstReplyTo(SentMail mail) =>
        RespondedAt is { } at ? new(mail.Id, at, ResponseSeconds(mail.SentAt)!.Value) : null;

    /// <summary>The status of one that its user has not stopped.</summary>
    public string Status(DateTimeOffset expiresAt, DateTimeOffset now) =>
        TrackedStatus.Of(isStopped: false, RespondedAt is not null, IsBounced, expiresAt, now);

    // as tracked_email_is_bounced has it: a bounce that names nobody is of all, and an only recipient may have been sent on to another
    private static bool IsAll(SentMail mail, ReceivedMail[] bounces) => bounces.Length > 0
        && (mail.Recipients.Count <= 1
            || Array.Exists(bounces, bounce => bounce.Reported.Length == 0)
            || !mail.Recipients.Except(bounces.SelectMany(bounce => bounce.Reported)).Any());

    private static DateTimeOffset? First(IEnumerable<ReceivedMail> answers) => answers.Min(answer => (DateTimeOffset?)answer.ReceivedAt);
}
