using Switchboard.Core.Diagnostics;
using Switchboard.Workers.Ingest.Email.Rules;
using Switchboard.Workers.Ingest.Email.Tracking;
using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>A mail of which a notification or a change told.</summary>
/// <param name="Message">The mail, without its text.</param>
/// <param name="IsInbound">Whether it came in, and lies neither in junk nor among what was deleted.</param>
/// <param name="Envelope">As it is tracked; null where it cannot be.</param>
internal sealed record GraphArrival(GraphMessage Message, bool IsInbound, MailEnvelope? Envelope)
{
    /// <summary>What makes it one mail: its id at Graph is another one after each move.</summary>
    public string MessageId => MailKey.IsName(Message.InternetMessageId) ? Message.InternetMessageId! : Message.Id ?? "";
}

/// <summary>What was read of mails.</summary>
/// <param name="Mails">The mails: without their rules or their tracking where they are to be asked for again.</param>
/// <param name="Unread">Those that Graph did not give, by their ids, though it answered.</param>
/// <param name="Failure">Why no more could be read.</param>
internal sealed record ReadMails(
    IReadOnlyList<SourceMail> Mails, IReadOnlyDictionary<string, ProviderFailure> Unread, ProviderFailure? Failure);

/// <summary>
/// Makes mails of Graph ready for the pipeline. For the rules are those that came in and are new: received since the account was connected,
/// not read before, and no older than what may still be unread. Their text and attachments are asked for only where a rule of the user
/// that the sender meets looks at them or shows them.
/// </summary>
internal sealed partial class GraphNewMail(
    GraphClient graph,
    RuleCache ruleCache,
    NpgsqlDataSource dataSource,
    IOptions<MailboxOptions> mailboxOptions,
    IOptions<SyncOptions> syncOptions,
    TimeProvider timeProvider,
    ILogger<GraphNewMail> logger)
{
    private const string AsText = "outlook.body-content-type=\"text\"";

    /// <summary>Reads what is missing of mails.</summary>
    public async Task<ReadMails> ReadAsync(
        GraphAccount account, IReadOnlyList<GraphArrival> arrivals, CancellationToken cancellationToken)
    {
        var since = Since(account);
        var fresh = arrivals.Where(mail => mail.IsInbound && mail.MessageId.Length > 0 && mail.Message.ReceivedDateTime >= since).ToArray();
        if (fresh.Length > 0)
        {
            var source = IncomingMail.OfMailbox(account.Account.Id);
            var known = await EmailStore.KnownAsync(dataSource, source, [.. fresh.Select(mail => mail.MessageId)], cancellationToken);
            fresh = [.. fresh.Where(mail => !known.Contains(mail.MessageId))];
        }

        var unread = new Dictionary<string, ProviderFailure>();
        var (contents, failure) = await ContentsAsync(account, fresh, unread, cancellationToken);
        var (envelopes, later) = await EnvelopesAsync(account, arrivals, unread, cancellationToken);
        var forRules = fresh.ToHashSet<GraphArrival>(ReferenceEqualityComparer.Instance);
        return new(
            [.. arrivals.Select((mail, i) => new SourceMail(
                mail.Message.Id ?? "",
                mail.MessageId,
                forRules.Contains(mail) && contents.TryGetValue(mail, out var content)
                    ? GraphMails.ForRules(mail.Message, content, account.Account.Address)
                    : null,
                envelopes[i],
                envelopes[i]?.Report is null ? null : envelopes[i]))],
            unread,
            failure ?? later);
    }

    // a report that cannot be read now is not tracked yet: without what it says it would be taken for another thing
    private async Task<(MailEnvelope?[] Envelopes, ProviderFailure? Failure)> EnvelopesAsync(
        GraphAccount account, IReadOnlyList<GraphArrival> arrivals, Dictionary<string, ProviderFailure> unread, CancellationToken cancellationToken)
    {
        var envelopes = arrivals.Select(mail => mail.Envelope).ToArray();
        int[] reports =
            [.. Enumerable.Range(0, envelopes.Length).Where(i => envelopes[i] is { } mail && MailClassification.IsDeliveryReport(mail))];
        try
        {
            var read = await graph.WithReportsAsync(account.Account.Id, [.. reports.Select(i => envelopes[i]!)], cancellationToken);
            for (var place = 0; place < reports.Length; place++)
            {
                var i = reports[place];
                envelopes[i] = read.Unread.ContainsKey(place) ? null : read.Mails[place];
                if (read.Unread.TryGetValue(place, out var failure))
                    unread.TryAdd(arrivals[i].Message.Id ?? "", failure);
            }

            return (envelopes, null);
        }
        catch (ProviderException reason)
        {
            foreach (var i in reports)
                envelopes[i] = null;
            return (envelopes, reason.Failure);
        }
    }

    // Graph knows whole seconds; mail from before the last reading but a few days old may be one that was moved: it is known by its id
    private DateTimeOffset Since(GraphAccount account)
    {
        var oldest = timeProvider.GetUtcNow().AddDays(-mailboxOptions.Value.ResyncDays);
        if (account.ReadAt?.AddMinutes(-syncOptions.Value.ResyncSlackMinutes) is { } read && read < oldest)
            oldest = read;
        var connected = DateTimeOffset.FromUnixTimeSeconds(account.Account.CreatedAt.ToUnixTimeSeconds());
        return oldest > connected ? oldest : connected;
    }

    // of each mail that goes to the rules what it says; null where nobody asks
    private async Task<(Dictionary<GraphArrival, GraphMessage?> Contents, ProviderFailure? Failure)> ContentsAsync(
        GraphAccount account, GraphArrival[] mails, Dictionary<string, ProviderFailure> unread, CancellationToken cancellationToken)
    {
        var contents = new Dictionary<GraphArrival, GraphMessage?>(ReferenceEqualityComparer.Instance);
        if (mails.Length == 0)
            return (contents, null);
        var user = account.Account.UserId;
        var rules = (await ruleCache.ForAsync([user], cancellationToken)).GetValueOrDefault(user);
        var wanted = new List<GraphArrival>();
        foreach (var mail in mails)
        {
            if (rules?.NeedContent(GraphMails.ForRules(mail.Message, content: null, account.Account.Address)) == true)
                wanted.Add(mail);
            else
                contents.Add(mail, null);
        }

        foreach (var part in wanted.Chunk(GraphClient.MostCalls))
        {
            if (await ReadPartAsync(account, part, contents, unread, cancellationToken) is { } failure)
                return (contents, failure);
        }

        return (contents, null);
    }

    private async Task<ProviderFailure?> ReadPartAsync(
        GraphAccount account,
        GraphArrival[] part,
        Dictionary<GraphArrival, GraphMessage?> contents,
        Dictionary<string, ProviderFailure> unread,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<GraphAnswer> answers;
        try
        {
            answers = await graph.BatchAsync(
                account.Account.Id, [.. part.Select(mail => new GraphCall(GraphPaths.Content(mail.Message.Id!), AsText))],
                cancellationToken);
        }
        catch (ProviderException reason)
        {
            return reason.Failure;
        }

        ProviderFailure? failure = null;
        foreach (var (mail, answer) in part.Zip(answers))
        {
            if (answer.Content is { } content)
                contents.Add(mail, content);
            else if (answer.Failure!.Kind == FailureKind.Permanent)
            {
                // the rules may still know its sender and subject
                Log.NoText(logger, mail.Message.Id!, account.Account.Id, answer.Failure);
                contents.Add(mail, null);
            }
            else if (answer.Failure.IsOutage)
                unread.TryAdd(mail.Message.Id!, answer.Failure);
            else if (answer.Failure.Kind != FailureKind.NotFound)
                failure = answer.Failure;
        }

        return failure;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The text of mail {MessageId} of account {AccountId} cannot be read: {Reason}")]
        public static partial void NoText(ILogger logger, Redacted messageId, Guid accountId, Redacted reason);
    }
}
