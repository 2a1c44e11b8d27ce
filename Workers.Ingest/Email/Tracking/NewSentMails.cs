namespace Switchboard.Workers.Ingest.Email.Tracking;

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
            mail.SentAt <= answer.ReceivedAt && mail.SentAt >= answer.ReceivedAt - _subjectWindow && mail.Recipients.Contains(answer.Sender)));

    private static Candidate? Last(IEnumerable<SentMail> mails) => mails.Aggregate(
        (Candidate?)null, (last, mail) => Candidate.Later(last, new Candidate(mail.Id, mail.Key, mail.SentAt)));
}
