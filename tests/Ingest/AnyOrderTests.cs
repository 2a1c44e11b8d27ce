using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Tests.Ingest;

/// <summary>What is stored follows from the set of mails: not from their order, nor how they are grouped, nor how often they
/// come.</summary>
public sealed class AnyOrderTests(PostgresServer postgres) : TrackingTest(postgres), IClassFixture<PostgresServer>
{
    private const int Count = 60;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Mails_in_any_order_grouping_and_repetition_come_to_the_same(int seed)
    {
        var mails = TangledMails.Of(seed, Count);
        var (answers, outcomes) = (Answers(mails), Outcomes(mails));
        var dice = new Random(seed);
        answers.Count(answer => answer.Contains("answers", StringComparison.Ordinal)).ShouldBeGreaterThan(15);

        for (var round = 0; round < 30; round++)
        {
            var account = await AccountAsync();
            foreach (var group in Groups(mails, dice))
                (await RecordAsync(account, group)).Failed.ShouldBeEmpty();

            (await ReceivedAsync(account)).ShouldBe(answers, $"round {round}");
            (await TrackedAsync(account)).ShouldBe(outcomes, $"round {round}");
        }
    }

    [Fact]
    public async Task Two_processes_that_record_the_same_mails_at_once_come_to_the_same()
    {
        await using var other = Connect();
        MailRecorder[] recorders = [Recorder(), Recorder(other)];
        for (var seed = 10; seed < 15; seed++)
        {
            var mails = TangledMails.Of(seed, Count);
            var account = await AccountAsync();
            var dice = new Random(seed);
            var groups = recorders.SelectMany(recorder => Groups(mails, dice).Select(group => (recorder, group))).ToArray();
            dice.Shuffle(groups);

            var recorded = await Task.WhenAll(
                groups.Select(part => part.recorder.RecordAsync(account, part.group, requested: false, default)));

            recorded.Sum(part => part.Tracked).ShouldBe(mails.Count(mail => mail.IsSent));
            (await ReceivedAsync(account)).ShouldBe(Answers(mails));
            (await TrackedAsync(account)).ShouldBe(Outcomes(mails));
        }
    }

    // each mail once or twice, in groups of 1 to 20
    private static List<MailEnvelope[]> Groups(MailEnvelope[] mails, Random dice)
    {
        MailEnvelope[] all = [.. mails, .. mails.Where(_ => dice.Next(3) == 0)];
        dice.Shuffle(all);
        var groups = new List<MailEnvelope[]>();
        for (var at = 0; at < all.Length;)
        {
            var size = dice.Next(1, 21);
            groups.Add([.. all.Skip(at).Take(size)]);
            at += size;
        }

        return groups;
    }

    private static string[] Answers(MailEnvelope[] mails) =>
    [
        .. mails.Where(IsAnswer).OrderBy(mail => mail.InternetMessageId, StringComparer.Ordinal).Select(mail =>
            $"{Name(mail)} {MailClassification.KindOf(mail)}"
            + (TangledMails.AnsweredBy(mail, mails) is var (sent, by) ? $" answers {Name(sent)} by {by}" : "")),
    ];

    private static string[] Outcomes(MailEnvelope[] mails)
    {
        var answers = mails.Where(IsAnswer).Select(mail => (Mail: mail, TangledMails.AnsweredBy(mail, mails)?.Sent)).ToLookup(
            answer => answer.Sent);
        return [.. mails.Where(mail => mail.IsSent).OrderBy(mail => mail.InternetMessageId, StringComparer.Ordinal).Select(sent => Outcome(sent, answers[sent]))];
    }

    private static string Outcome(MailEnvelope sent, IEnumerable<(MailEnvelope Mail, MailEnvelope? Sent)> answers)
    {
        var kinds = answers.OrderBy(answer => answer.Mail.At).ToLookup(answer => MailClassification.KindOf(answer.Mail), answer => answer.Mail);
        DateTimeOffset[] Times(string kind) => [.. kinds[kind].Select(mail => mail.At)];
        var (replies, autos, bounces) = (Times(MailKind.Reply), Times(MailKind.AutoReply), Times(MailKind.Bounce));
        var isBounced = bounces.Length > 0 && (sent.Recipients.Count == 1 || sent.Recipients.All(recipient =>
            kinds[MailKind.Bounce].Any(mail => TangledMails.Reported(mail) is var told && (told.Length == 0 || told.Contains(recipient)))));
        return $"{Name(sent)} {(replies.Length > 0 ? "responded" : isBounced ? "bounced" : "active")}"
            + (replies.Length > 0 ? $" response {Hours(replies[0])}h after {Math.Max(0, (replies[0] - sent.At).TotalSeconds)}s of {replies.Length}" : "")
            + (autos.Length > 0 ? $" auto {Hours(autos[0])}h" : "")
            + (bounces.Length > 0 ? $" bounce {Hours(bounces[0])}h" : "");
    }

    private static bool IsAnswer(MailEnvelope mail) => !mail.IsSent && mail.From != Mails.Owner;

    private static string Name(MailEnvelope mail) => mail.InternetMessageId[1..mail.InternetMessageId.IndexOf('@', StringComparison.Ordinal)];

    private static double Hours(DateTimeOffset at) => (at - Mails.Monday).TotalHours;
}
