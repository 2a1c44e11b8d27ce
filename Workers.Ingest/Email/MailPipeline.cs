using System.Diagnostics;
using Npgsql;
using Switchboard.Core.Rules;
using Switchboard.Workers.Ingest.Email.Rules;
using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Workers.Ingest.Email;

/// <summary>A mail of a mailbox as its source has read it.</summary>
/// <param name="ProviderId">The provider's id of the mail.</param>
/// <param name="MessageId">What makes it one mail for the rules, however often it is read: unique within its mailbox.</param>
/// <param name="ForRules">As rules see it; null for what was sent and for what is not new.</param>
/// <param name="ForTracking">As it is tracked; null for what cannot be, and where nothing is tracked.</param>
internal sealed record SourceMail(string ProviderId, string MessageId, ReceivedMessage? ForRules, MailEnvelope? ForTracking)
{
    /// <summary>Without what is older than a time.</summary>
    public SourceMail Since(DateTimeOffset? since) => this with
    {
        ForRules = ForRules?.ReceivedAt < since ? null : ForRules,
        ForTracking = ForTracking?.At < since ? null : ForTracking,
    };
}

/// <summary>How new mail became known.</summary>
/// <param name="AcceptedAt">When a webhook or a poll first told of it.</param>
/// <param name="Parent">The span that its notifications belong to.</param>
internal sealed record MailArrival(DateTimeOffset AcceptedAt, ActivityContext? Parent);

/// <summary>The mails that the database refused; all others are safe.</summary>
/// <param name="NotMatched">Those whose rules were not asked.</param>
/// <param name="NotTracked">Those that were not recorded.</param>
internal sealed record PipelineResult(IReadOnlyList<FailedMail> NotMatched, IReadOnlyList<FailedMail> NotTracked);

/// <summary>
/// The one way of new mail of a mailbox, whatever its provider: to the rules, then to tracking. Each of them knows what it had before, so
/// mail that is read again changes nothing. The past, which a sync reads, goes to tracking alone and not through here.
/// </summary>
internal sealed class MailPipeline(EmailProcessor rules, BatchRecorder tracking)
{
    /// <summary>Processes mails; when it returns, all but the failed ones are safe.</summary>
    /// <param name="mailboxId">Their mailbox.</param>
    /// <param name="userId">Its user.</param>
    /// <param name="tracked">As its mail is recorded; null for one that is not tracked.</param>
    /// <param name="mails">The mails.</param>
    /// <param name="arrival">How they became known.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<PipelineResult> ProcessAsync(
        Guid mailboxId,
        Guid userId,
        TrackedMailbox? tracked,
        IReadOnlyList<SourceMail> mails,
        MailArrival arrival,
        CancellationToken cancellationToken)
    {
        var source = IncomingMail.OfMailbox(mailboxId);
        IncomingMail[] incoming =
        [
            .. mails.Where(mail => mail.ForRules is not null)
                .Select(mail => new IncomingMail(userId, source, mail.MessageId, mail.ForRules!, arrival.AcceptedAt, arrival.Parent)),
        ];
        var notMatched = new List<FailedMail>();
        await MatchAsync(incoming, notMatched, cancellationToken);

        MailEnvelope[] envelopes = [.. mails.Select(mail => mail.ForTracking).OfType<MailEnvelope>()];
        return new(notMatched, tracked is null ? [] : await tracking.RecordAsync(tracked, envelopes, cancellationToken));
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
}
