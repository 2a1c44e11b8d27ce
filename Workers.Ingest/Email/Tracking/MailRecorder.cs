using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>Records mails of an account: tracks what was sent, finds what came in as an answer to it.</summary>
internal sealed partial class MailRecorder(
    NpgsqlDataSource dataSource, IOptions<TrackingOptions> options, MailCounter counter, TimeProvider time, ILogger<MailRecorder> logger)
{
    // in one transaction; callers bring some hundreds
    private const int MostAtOnce = 1_000;

    private readonly RecordMails _record = new(dataSource, TimeSpan.FromDays(options.Value.SubjectWindowDays), time);

    /// <summary>Records mails, in any order and as often as they come; when it returns, all but the failed ones are safe. Of an account that
    /// is gone nothing is recorded.</summary>
    /// <param name="mailbox">Whose they are.</param>
    /// <param name="mails">The mails.</param>
    /// <param name="requested">Whether what was sent is tracked whatever the policy says, because it was asked for.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<RecordedMails> RecordAsync(
        TrackedMailbox mailbox, IReadOnlyList<MailEnvelope> mails, bool requested, CancellationToken cancellation)
    {
        var failed = new List<FailedMail>();
        var prepared = Prepare(new MailPreparation(mailbox, requested, time.GetUtcNow()), mails, failed);
        var tracked = 0;
        foreach (var part in prepared.Chunk(MostAtOnce))
            tracked += await RecordPartAsync(mailbox, part, failed, cancellation);
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
        TrackedMailbox mailbox, ArraySegment<PreparedMail> part, List<FailedMail> failed, CancellationToken cancellation)
    {
        if (part.Count == 0)
            return 0;
        try
        {
            var recorded = await _record.ExecuteAsync(mailbox, part, cancellation);
            counter.Recorded(recorded.Sent + recorded.Received);
            return recorded.Sent;
        }
        catch (PostgresException refused) when (IsOfTheMail(refused.SqlState))
        {
            if (part.Count == 1)
            {
                Fail(failed, part[0].ProviderId, $"The database refused it: {refused.MessageText} ({refused.SqlState}).");
                return 0;
            }
        }

        var half = part.Count / 2;
        return await RecordPartAsync(mailbox, part[..half], failed, cancellation)
            + await RecordPartAsync(mailbox, part[half..], failed, cancellation);
    }

    private void Fail(List<FailedMail> failed, string providerId, string error)
    {
        failed.Add(new FailedMail(providerId, error));
        Log.Failed(logger, providerId, error);
    }

    // data exception, program limit exceeded
    private static bool IsOfTheMail(string state) =>
        state.StartsWith("22", StringComparison.Ordinal) || state.StartsWith("54", StringComparison.Ordinal);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Mail {ProviderId} could not be recorded: {Reason}")]
        public static partial void Failed(ILogger logger, string providerId, string reason);
    }
}
