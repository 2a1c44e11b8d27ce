using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Tests.Ingest;

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
        var isReport = MailClassification.IsDeliveryReport(answer);
        var names = isReport ? AnsweredMessages.Of(answer.Report, answer.Headers) : AnsweredMessages.Of(answer.Headers);
        foreach (var name in names)
            if (Array.Find(sent, mail => MailKey.Of(mail) == name) is { } named)
                return (named, "reference");
        if (isReport && names.Count > 0)
            return null;
        var before = sent.Where(mail => mail.At <= answer.At).OrderByDescending(mail => mail.At).ThenByDescending(MailKey.Of).ToArray();
        if (Array.Find(before, mail => mail.ConversationId is not null && mail.ConversationId == answer.ConversationId) is { } inConversation)
            return (inConversation, "conversation");
        var people = isReport && Reported(answer) is { Length: > 0 } reported ? reported : [answer.From];
        var (shown, isShown) = answer.Report?.Subject is { } original ? (original, true) : (answer.Subject, SubjectKey.Of(answer.Subject).IsAnswer);
        if (isShown)
            return Array.Find(before, mail => SubjectKey.Of(mail.Subject).Text == SubjectKey.Of(shown).Text
                && mail.At >= answer.At.AddDays(-30) && mail.Recipients.Intersect(people).Any()) is { } same
                ? (same, "subject")
                : null;
        return Array.Find(before, mail => isReport && mail.At >= answer.At.AddDays(-7) && mail.Recipients.Intersect(Reported(answer)).Any()) is { } last
            ? (last, "recipient")
            : null;
    }

    /// <summary>Of whom a delivery report tells.</summary>
    public static string[] Reported(MailEnvelope mail) =>
        mail.Report is { Recipients: { Count: > 0 } reported }
            ? [.. reported]
            : [.. mail.Headers.Where(header => header.Key == "X-Failed-Recipients").Select(header => header.Value)];

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
        var mail = Mails.Received(
            $"m{n}",
            dice.Next(0, 13) * 100,
            from: dice.Next(12) == 0 ? Mails.Owner : People[dice.Next(People.Length)],
            subject: $"{(dice.Next(3) == 0 ? "" : "Re: ")}Offer {dice.Next(3)}",
            conversation: Conversations[dice.Next(Conversations.Length)],
            references: names.Length == 0 ? null : string.Join("\r\n ", names),
            headers: headers);
        return dice.Next(4) > 0 ? mail : mail with
        {
            Headers = [.. mail.Headers.Take(dice.Next(2)), KeyValuePair.Create("Content-Type", "multipart/report; report-type=delivery-status")],
            ConversationId = dice.Next(2) == 0 ? null : mail.ConversationId,
            Report = new(
                dice.Next(4) > 0,
                [.. People.Where(_ => dice.Next(2) == 0)],
                dice.Next(3) > 0 ? [] : [$"<m{dice.Next(2 * count)}@example.com>"],
                dice.Next(2) == 0 ? null : $"Offer {dice.Next(3)}"),
        };
    }
}
