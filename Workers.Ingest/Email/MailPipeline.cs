using System.Diagnostics;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Rules;
using Switchboard.Workers.Ingest.Email.Bounces;
using Switchboard.Workers.Ingest.Email.Rules;
using Switchboard.Workers.Ingest.Email.Sync;
using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Workers.Ingest.Email;

/// <summary>A mail of a mailbox as its source has read it.</summary>
/// <param name="ProviderId">The provider's id of the mail.</param>
/// <param name="MessageId">What makes it one mail for the rules, however often it is read: unique within its mailbox.</param>
/// <param name="ForRules">As rules see it; null for what was sent and for what is not new.</param>
/// <param name="ForTracking">As it is tracked; null for what cannot be, and where nothing is tracked.</param>
/// <param name="Report">As a delivery report; null for what is none.</param>
internal sealed record SourceMail(
    string ProviderId, string MessageId, ReceivedMessage? ForRules, MailEnvelope? ForTracking, MailEnvelope? Report = null)
{
    /// <summary>Without what is older than a time.</summary>
    public SourceMail Since(DateTimeOffset? since) => this with
    {
        ForRules = ForRules?.ReceivedAt < since ? null : ForRules,
        ForTracking = ForTracking?.At < since ? null : ForTracking,
        Report = Report?.At < since ? null : Report,
    };
}

/// <summary>How new mail became known.</summary>
/// <param name="AcceptedAt">When a webhook or a poll first told of it.</param>
/// <param name="Parent">The span that its notifications belong to.</param>
internal sealed record MailArrival(DateTimeOffset AcceptedAt, ActivityContext? Parent);

/// <summary>The mails that the database refused; all others are safe.</summary>
/// <param name="NotMatched">Those on which the rules were not evaluated.</param>
/// <param name="NotTracked">Those that were not recorded.</param>
internal sealed record PipelineResult(IReadOnlyList<FailedMail> NotMatched, IReadOnlyList<FailedMail> NotTracked);

/// <summary>
/// Passes new mail of a mailbox, whatever its provider, to the rules and then to tracking, and tells notifications of what came back. Each
/// of them knows what it had before, so mail that is read again changes nothing. The past, which a sync reads, goes to tracking alone and not through here.
/// </summary>
internal sealed partial class MailPipeline(
    EmailProcessor rules, BatchRecorder tracking, BouncedNotifications bounces, ILogger<MailPipeline> logger)
{
    /// <summary>Processes mails; when it returns, all but the failed ones are safe.</summary>
    /// <param name="account">Their mailbox.</param>
    /// <param name="mails">The mails.</param>
    /// <param name="arrival">How they became known.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<PipelineResult> ProcessAsync(
        MailAccount account, IReadOnlyList<SourceMail> mails, MailArrival arrival, CancellationToken cancellationToken)
    {
        var source = IncomingMail.OfMailbox(account.Id);
        IncomingMail[] incoming =
        [
            .. mails.Where(mail => mail.ForRules is not null)
                .Select(mail => new IncomingMail(account.UserId, source, mail.MessageId, mail.ForRules!, arrival.AcceptedAt, arrival.Parent)),
        ];
        var notMatched = new List<FailedMail>();
        await MatchAsync(incoming, notMatched, cancellationToken);
        await bounces.ApplyAsync(account.UserId, mails.Select(mail => mail.Report).OfType<MailEnvelope>(), cancellationToken);

        MailEnvelope[] envelopes = [.. mails.Select(mail => mail.ForTracking).OfType<MailEnvelope>()];
        return new(notMatched, await tracking.RecordAsync(account.Tracked, envelopes, cancellationToken));
    }

    /// <summary>The same for mails that are not set aside: of those that could not be read or processed it is logged why.</summary>
    /// <param name="account">Their mailbox.</param>
    /// <param name="mails">The mails.</param>
    /// <param name="unreadable">The mails that could not be read.</param>
    /// <param name="arrival">How they became known.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task ProcessAsync(
        MailAccount account,
        IReadOnlyList<SourceMail> mails,
        IReadOnlyList<FailedMail> unreadable,
        MailArrival arrival,
        CancellationToken cancellationToken)
    {
        var result = await ProcessAsync(account, mails, arrival, cancellationToken);
        foreach (var mail in unreadable.Concat(result.NotTracked))
            Log.NotTracked(logger, account.Id, mail.ProviderId, mail.Error);
        foreach (var mail in result.NotMatched)
            Log.NotMatched(logger, account.Id, mail.ProviderId, mail.Error);
    }

    // what the database refuses is looked for by halves, until it is alone
    private async Task MatchAsync(ArraySegment<IncomingMail> mails, List<FailedMail> failed, CancellationToken cancellationToken)
    {
        if (mails.Count == 0)
            return;
        try
        {
            await rules.ProcessAsync(mails, cancellationToken);
            return;
        }
        catch (PostgresException refused) when (MailRecorder.IsOfTheMail(refused.SqlState))
        {
            if (mails.Count == 1)
            {
                failed.Add(new(mails[0].MessageId, $"The database refused it (SQLSTATE {refused.SqlState})."));
                return;
            }
        }

        var half = mails.Count / 2;
        await MatchAsync(mails[..half], failed, cancellationToken);
        await MatchAsync(mails[half..], failed, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Mail {MessageId} of account {AccountId} is not tracked: {Reason}")]
        public static partial void NotTracked(ILogger logger, Guid accountId, Redacted messageId, Redacted reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "Mail {MessageId} of account {AccountId} did not meet its rules: {Reason}")]
        public static partial void NotMatched(ILogger logger, Guid accountId, Redacted messageId, Redacted reason);
    }
}
