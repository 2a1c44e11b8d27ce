namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>
/// Works out what each answer answers: the nearest mail that it names and that is tracked; else the last one sent before it in its
/// conversation; else the last one with its subject that was sent to whom it is from. It follows from what is stored and what is about to
/// be, so it does not matter which mail came first. Clocks may disagree: a mail that is named may have been sent later.
/// </summary>
internal sealed class MatchAnswers(AccountTransaction account, NewSentMails sent, TimeSpan subjectWindow)
{
    /// <summary>For each answer what it answers, in their order; null for nothing.</summary>
    public async Task<Match?[]> ExecuteAsync(IReadOnlyList<ReceivedMail> answers, CancellationToken cancellation)
    {
        var matches = new Match?[answers.Count];
        await ByReferenceAsync(answers, matches, cancellation);

        var open = Open(index => answers[index].ConversationKey is not null);
        var conversations = await FindCandidates.InConversationAsync(account, Of(open), cancellation);
        Take(open, conversations, sent.InConversation, Match.Conversation);

        open = Open(index => answers[index].IsAnswerSubject);
        var subjects = await FindCandidates.WithSubjectAsync(account, Of(open), subjectWindow, cancellation);
        Take(open, subjects, sent.WithSubject, Match.Subject);
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

    private async Task ByReferenceAsync(IReadOnlyList<ReceivedMail> answers, Match?[] matches, CancellationToken cancellation)
    {
        var names = answers.SelectMany(answer => answer.Names).Where(name => sent.Named(name) is null).Distinct().ToArray();
        var stored = await KnownMails.SentAsync(account, names, cancellation);
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
