using Switchboard.Core.Diagnostics;
using Switchboard.Core.Events;
using Switchboard.Core.FeatureFlags;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>Records mails of an account: tracks what was sent, finds what came in as an answer to it.</summary>
internal sealed partial class MailRecorder(
    NpgsqlDataSource dataSource,
    ScheduledJobs scheduledJobs,
    IOptions<TrackingOptions> options,
    MailCounter counter,
    TimeProvider timeProvider,
    ILogger<MailRecorder> logger)
{
    // in one transaction; callers bring some hundreds
    private const int MostAtOnce = 1_000;

    private readonly RecordMails _record = new(dataSource, scheduledJobs, TimeSpan.FromDays(options.Value.SubjectWindowDays), timeProvider);

    /// <summary>
    /// Records mails, in any order and as often as they come; when it returns, all but the failed ones are safe. Nothing is recorded for
    /// an account that is gone.
    /// </summary>
    /// <param name="mailbox">Whose they are.</param>
    /// <param name="mails">The mails.</param>
    /// <param name="requested">Whether what was sent is tracked whatever the policy says, because it was asked for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NpgsqlException">The database is unavailable.</exception>
    public async Task<RecordedMails> RecordAsync(
        TrackedMailbox mailbox, IReadOnlyList<MailEnvelope> mails, bool requested, CancellationToken cancellationToken)
    {
        var failed = new List<FailedMail>();
        var prepared = Prepare(new MailPreparation(mailbox, requested, timeProvider.GetUtcNow()), mails, failed);
        var tracked = 0;
        foreach (var part in prepared.Chunk(MostAtOnce))
            tracked += await RecordPartAsync(mailbox, part, failed, cancellationToken);
        return new RecordedMails(tracked, failed);
    }

    private PreparedMail[] Prepare(MailPreparation preparation, IReadOnlyList<MailEnvelope> mails, List<FailedMail> failed)
    {
        var prepared = new List<PreparedMail>(mails.Count);
        foreach (var mail in mails)
        {
            if (preparation.Prepare(mail, out var error) is { } row)
                prepared.Add(row);
            else if (error is not null)
                Fail(failed, mail.ProviderId, error);
        }

        return [.. prepared.DistinctBy(mail => mail.Identity)];
    }

    // what the database refuses is looked for by halves, until it is alone
    private async Task<int> RecordPartAsync(
        TrackedMailbox mailbox, ArraySegment<PreparedMail> part, List<FailedMail> failed, CancellationToken cancellationToken)
    {
        if (part.Count == 0)
            return 0;
        try
        {
            var recorded = await _record.ExecuteAsync(mailbox, part, cancellationToken);
            counter.Recorded(recorded.Sent + recorded.Received);
            return recorded.Sent;
        }
        catch (PostgresException refused) when (IsOfTheMail(refused.SqlState))
        {
            if (part.Count == 1)
            {
                Fail(failed, part[0].ProviderId, $"The database refused it (SQLSTATE {refused.SqlState}).");
                return 0;
            }
        }

        var half = part.Count / 2;
        return await RecordPartAsync(mailbox, part[..half], failed, cancellationToken)
            + await RecordPartAsync(mailbox, part[half..], failed, cancellationToken);
    }

    private void Fail(List<FailedMail> failed, string providerId, string error)
    {
        failed.Add(new FailedMail(providerId, error));
        Log.Failed(logger, providerId, error);
    }

    /// <summary>Whether the database refused what is in a mail: data exception, program limit exceeded.</summary>
    public static bool IsOfTheMail(string state) =>
        state.StartsWith("22", StringComparison.Ordinal) || state.StartsWith("54", StringComparison.Ordinal);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Mail {ProviderId} could not be recorded: {Reason}")]
        public static partial void Failed(ILogger logger, Redacted providerId, Redacted reason);
    }
}

/// <summary>
/// Stores mails of an account in one transaction, and works out what their coming changes: what answers them, what they answer, and what
/// became of the sent ones. All of it follows from the set of mails that are stored, so neither their order nor a repetition matters.
/// </summary>
internal sealed class RecordMails(
    NpgsqlDataSource dataSource, ScheduledJobs scheduledJobs, TimeSpan subjectWindow, TimeProvider timeProvider)
{
    /// <summary>Stores those that are not there yet.</summary>
    /// <returns>How many sent mails are tracked that were not before, and how many came in; none when the account is gone.</returns>
    /// <exception cref="PostgresException">The database refused one of them; nothing is stored.</exception>
    public async Task<(int Sent, int Received)> ExecuteAsync(
        TrackedMailbox mailbox, ArraySegment<PreparedMail> mails, CancellationToken cancellationToken)
    {
        await using var account = await AccountTransaction.BeginAsync(dataSource, mailbox.Id, cancellationToken);
        if (account is null)
            return (0, 0);

        var sent = new NewSentMails(await NewSentAsync(account, mails, cancellationToken), subjectWindow);
        var received = await NewReceivedAsync(account, mails, cancellationToken);
        if (sent.All.Count == 0 && received.Count == 0)
            return (0, 0);

        var stored = await ReceivedEmailStore.FindAnswersAsync(account, sent.All, subjectWindow, cancellationToken);
        var matches = await new MatchAnswers(account, sent, subjectWindow)
            .ExecuteAsync([.. received.Select(mail => mail.Mail), .. stored.Select(answer => answer.Mail)], cancellationToken);
        await WriteAsync(account, mailbox.UserId, new Matched(sent.All, received, stored, matches), cancellationToken);
        await account.CommitAsync(cancellationToken);
        return (sent.All.Count, received.Count);
    }

    private static async Task<IReadOnlyList<SentMail>> NewSentAsync(
        AccountTransaction account, ArraySegment<PreparedMail> mails, CancellationToken cancellationToken)
    {
        var sent = mails.Select(mail => mail.Sent).OfType<SentMail>().ToArray();
        var known = await TrackedEmailStore.KnownAsync(account, [.. sent.Select(mail => mail.Key)], cancellationToken);
        return [.. sent.Where(mail => !known.ContainsKey(mail.Key))];
    }

    private static async Task<IReadOnlyList<NewReceivedMail>> NewReceivedAsync(
        AccountTransaction account, ArraySegment<PreparedMail> mails, CancellationToken cancellationToken)
    {
        var received = mails.Select(mail => mail.Received).OfType<NewReceivedMail>().ToArray();
        var known = await ReceivedEmailStore.KnownAsync(account, [.. received.Select(mail => mail.Key)], cancellationToken);
        return [.. received.Where(mail => !known.ContainsKey(mail.Key))];
    }

    private async Task WriteAsync(AccountTransaction account, Guid userId, Matched matched, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var outcomes = matched.Outcomes();
        await TrackedEmailStore.InsertAsync(account, userId, matched.Sent, outcomes, now, cancellationToken);
        await ReceivedEmailStore.InsertAsync(account, matched.Received, matched.ReceivedMatches, now, cancellationToken);
        await ReceivedEmailStore.MoveAsync(account, matched.Moved, cancellationToken);
        var changed = await TrackedEmailStore.SettleAsync(account, matched.StoredToSettle(), now, cancellationToken);
        var replies = matched.Sent.Select(mail => outcomes[mail.Id].FirstReplyTo(mail)).Concat(changed.Select(mail => mail.Reply)).OfType<FirstReply>();
        var events = RecordEvents.Of(
            [.. replies.Select(reply => EmailEvents.RepliedTo(userId, reply.TrackedId, reply.At, reply.Seconds))], timeProvider);
        // nobody waits for events: the scheduler publishes those of many commits together
        await scheduledJobs.InsertAsync(account.Connection, account.Transaction, events, now, cancellationToken);
        if (matched.ChangesWhatIsShown)
            await TrackedChanges.NoteAsync(
                account.Transaction,
                [account.AccountId],
                [.. matched.Sent.Select(mail => mail.SentAt).Concat(changed.Select(mail => mail.SentAt)).Select(sentAt => (account.AccountId, sentAt))],
                cancellationToken);
    }
}

/// <summary>Records mails all at once, or by the plain path one by one (ENABLE_BATCH_INGESTION).</summary>
internal sealed class BatchRecorder(MailRecorder recorder, FeatureRollout rollout, IngestMetrics metrics)
{
    /// <summary>Records mails; when it returns, all but the failed ones are safe.</summary>
    public async Task<IReadOnlyList<FailedMail>> RecordAsync(
        TrackedMailbox mailbox, IReadOnlyList<MailEnvelope> mails, CancellationToken cancellationToken)
    {
        if (mails.Count == 0)
            return [];
        var recorded = await rollout.RunAsync(
            Feature.BatchIngestion,
            mailbox.Id,
            optimised: token => recorder.RecordAsync(mailbox, mails, requested: false, token),
            plain: token => EachAsync(mailbox, mails, token),
            difference: null,
            cancellationToken);
        metrics.Recorded(mails.Count - recorded.Failed.Count, recorded.Failed.Count);
        return recorded.Failed;
    }

    private async Task<RecordedMails> EachAsync(
        TrackedMailbox mailbox, IReadOnlyList<MailEnvelope> mails, CancellationToken cancellationToken)
    {
        var tracked = 0;
        var failed = new List<FailedMail>();
        foreach (var mail in mails)
        {
            var recorded = await recorder.RecordAsync(mailbox, [mail], requested: false, cancellationToken);
            tracked += recorded.Tracked;
            failed.AddRange(recorded.Failed);
        }

        return new(tracked, failed);
    }
}
