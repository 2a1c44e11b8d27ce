using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Tests.Tracking;

/// <summary>
/// Mails of a few conversations, subjects and people, many sent at the same moment, that name each other, strangers or nothing; and what
/// each answers, worked out in the simplest way.
/// </summary>
internal static class TangledMails
{
    private static readonly string[] People = ["ann@contoso.test", "bob@contoso.test", "cid@fabrikam.test"];
    private static readonly string?[] Conversations = ["c1", "c2", "c3", null];

    public static MailEnvelope[] Of(int seed, int count)
    {
        var dice = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(n => dice.Next(5) < 2 ? Sent(n, dice) : Received(n, count, dice))];
    }

    /// <summary>The mail that an answer answers and by what, as a line; null for nothing.</summary>
    public static (MailEnvelope Sent, string By)? AnsweredBy(MailEnvelope answer, IEnumerable<MailEnvelope> mails)
    {
        var sent = mails.Where(mail => mail.IsSent).ToArray();
        foreach (var name in AnsweredMessages.Of(answer.Headers))
            if (Array.Find(sent, mail => MailKey.Of(mail) == name) is { } named)
                return (named, "reference");
        var before = sent.Where(mail => mail.At <= answer.At).OrderByDescending(mail => mail.At).ThenByDescending(MailKey.Of).ToArray();
        if (Array.Find(before, mail => mail.ConversationId is not null && mail.ConversationId == answer.ConversationId) is { } inConversation)
            return (inConversation, "conversation");
        var subject = SubjectKey.Of(answer.Subject);
        return subject.IsAnswer && Array.Find(before, mail => SubjectKey.Of(mail.Subject).Text == subject.Text
                && mail.At >= answer.At.AddDays(-30) && mail.Recipients.Contains(answer.From)) is { } same
            ? (same, "subject")
            : null;
    }

    private static MailEnvelope Sent(int n, Random dice) => Mails.Sent(
        $"m{n}",
        dice.Next(0, 12) * 100,
        string.Join(' ', People.Where(_ => dice.Next(2) == 0).DefaultIfEmpty(People[0])),
        $"Offer {dice.Next(3)}",
        Conversations[dice.Next(Conversations.Length)]);

    private static MailEnvelope Received(int n, int count, Random dice)
    {
        var names = Enumerable.Range(0, dice.Next(3)).Select(_ => $"<m{dice.Next(2 * count)}@example.com>").ToArray();
        (string, string)[] headers = dice.Next(5) switch
        {
            0 => [("Auto-Submitted", "auto-replied")],
            1 => [("X-Failed-Recipients", People[0])],
            _ => [],
        };
        return Mails.Received(
            $"m{n}",
            dice.Next(0, 13) * 100,
            from: dice.Next(12) == 0 ? Mails.Owner : People[dice.Next(People.Length)],
            subject: $"{(dice.Next(3) == 0 ? "" : "Re: ")}Offer {dice.Next(3)}",
            conversation: Conversations[dice.Next(Conversations.Length)],
            references: names.Length == 0 ? null : string.Join("\r\n ", names),
            headers: headers);
    }
}
