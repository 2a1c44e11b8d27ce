namespace Switchboard.Workers.Ingest.Email.Tracking;

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
        IReadOnlyList<SentMail> sent, IReadOnlyList<NewReceivedMail> received, IReadOnlyList<StoredAnswer> stored, IReadOnlyList<Match?> matches)
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

    /// <summary>Whether a list, a thread or a figure is another one than before.</summary>
    public bool ChangesWhatIsShown => Sent.Count > 0 || Moved.Count > 0 || ReceivedMatches.Any(match => match is not null);

    /// <summary>What became of the new sent mails: all that may answer them is here.</summary>
    public IReadOnlyDictionary<Guid, Outcome> Outcomes()
    {
        var outcomes = new Dictionary<Guid, Outcome>();
        var answers = Received.Select(mail => mail.Mail).Concat(_stored.Select(answer => answer.Mail));
        foreach (var (answer, match) in answers.Zip(_matches))
        {
            if (match is { } found && _newIds.Contains(found.TrackedId))
                outcomes[found.TrackedId] = outcomes.GetValueOrDefault(found.TrackedId).With(answer.Kind, answer.ReceivedAt);
        }

        return outcomes;
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
