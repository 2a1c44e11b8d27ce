using System.Diagnostics;
using Switchboard.Core.Notifications;
using Switchboard.Core.Rules;

namespace Switchboard.Workers.Ingest.Email.Rules;

/// <summary>Processes mails that programs sent to <c>POST /api/webhooks/email</c>.</summary>
internal sealed class ProcessEmailHandler(EmailProcessor processor) : IJobHandler<ProcessEmail>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<ProcessEmail>> batch, CancellationToken cancellationToken)
    {
        await processor.ProcessAsync([.. batch.Select(ToMail)], cancellationToken);
        // whoever handed in a mail was a user: one who is unknown was deleted meanwhile, and nothing of theirs is kept, not even a dead job
        return [.. batch.Select(_ => JobOutcome.Done)];
    }

    private static IncomingMail ToMail(JobDelivery<ProcessEmail> delivery)
    {
        var job = delivery.Job;
        return new(
            job.UserId,
            IncomingMail.OfUser(job.UserId),
            job.Mail.MessageId,
            ReceivedMessage.Mail(job.Mail),
            job.AcceptedAt,
            delivery.Activity?.Context);
    }
}

/// <summary>
/// Processes mail, whichever way it came: matches it, and writes the mail, its notifications and their sends in one transaction. When it
/// returns, all of that is safe. A mail that comes again changes nothing.
/// </summary>
internal sealed class EmailProcessor(
    NpgsqlDataSource dataSource,
    RuleCache ruleCache,
    NotificationStore notifications,
    JobOutbox outbox,
    TimeProvider timeProvider,
    IngestMetrics metrics)
{
    // matching so many characters takes milliseconds
    private static readonly FairParts Parts = new(8 * ReceivedMessage.MaxText);

    /// <summary>Processes a batch.</summary>
    /// <exception cref="NpgsqlException">The database is unavailable.</exception>
    public async Task ProcessAsync(IReadOnlyCollection<IncomingMail> mails, CancellationToken cancellationToken)
    {
        var rules = await ruleCache.ForAsync(mails.Select(mail => mail.UserId).ToHashSet(), cancellationToken);
        foreach (var share in Shares(mails))
        {
            var matched = Match(share, rules, timeProvider.GetUtcNow());
            if (matched.Count > 0)
                await CommitAsync(matched, cancellationToken);
        }
    }

    /// <summary>The mails in parts that are committed one after the other.</summary>
    internal static IEnumerable<IReadOnlyList<IncomingMail>> Shares(IReadOnlyCollection<IncomingMail> mails) =>
        Parts.Split(mails, mail => mail.UserId, mail => Math.Min(mail.Message.Text.Length, ReceivedMessage.MaxText));

    /// <summary>Each mail once, with its rules, in the order of their keys.</summary>
    internal static IReadOnlyList<MatchedMail> Match(
        IEnumerable<IncomingMail> mails, IReadOnlyDictionary<Guid, CompiledRules> rules, DateTimeOffset now) =>
        [.. mails
            .Where(mail => rules.ContainsKey(mail.UserId))
            .DistinctBy(mail => (mail.Source, mail.Key))
            .OrderBy(mail => mail.Source, StringComparer.Ordinal).ThenBy(mail => mail.Key, StringComparer.Ordinal)
            .Select(mail => new MatchedMail(Guid.CreateVersion7(now), mail, RuleEvaluator.Matches(rules[mail.UserId], mail.Message)))];

    private async Task CommitAsync(IReadOnlyList<MatchedMail> mails, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        using var grant = await notifications.ReserveAsync(mails.Select(mail => (mail.Incoming.UserId, mail.Rules.Count)), cancellationToken);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        var taken = await EmailStore.InsertAsync(transaction, mails, now, cancellationToken);
        var fresh = mails.Where(mail => taken.Contains(mail.Id)).ToArray();
        var created = await notifications.CreateAsync(
            connection, transaction, [.. fresh.SelectMany(mail => mail.Notifications())], [], grant, cancellationToken);
        await outbox.CommitStagedAsync(transaction, created.Jobs, cancellationToken);
        metrics.MailsTaken(fresh.Length, mails.Count - fresh.Length);
        metrics.Notified(created.Ids.Count);
    }
}

/// <summary>A mail on its way in, whichever way it came.</summary>
/// <param name="UserId">Whose mail it is.</param>
/// <param name="Source">Within what its message id is unique: <see cref="OfUser"/> or <see cref="OfMailbox"/>.</param>
/// <param name="MessageId">Its id.</param>
/// <param name="Message">The mail as rules see it.</param>
/// <param name="AcceptedAt">When a webhook or a poll first told of it.</param>
/// <param name="Parent">The span that its notifications belong to.</param>
internal sealed record IncomingMail(
    Guid UserId, string Source, string MessageId, ReceivedMessage Message, DateTimeOffset AcceptedAt, ActivityContext? Parent)
{
    /// <summary>Its message id as it is stored.</summary>
    public string Key { get; } = IndexedKey.Of(MessageId);

    /// <summary>The account whose mail it is; null when a program sent it.</summary>
    public Guid? AccountId =>
        Source.StartsWith(MailboxPrefix, StringComparison.Ordinal) ? Guid.Parse(Source.AsSpan(MailboxPrefix.Length)) : null;

    private const string MailboxPrefix = "mailbox:";

    public static string OfUser(Guid userId) => $"user:{userId}";

    public static string OfMailbox(Guid mailboxId) => $"{MailboxPrefix}{mailboxId}";
}

/// <summary>A mail and the rules that it meets.</summary>
/// <param name="Id">The id of its row, if it turns out to be new.</param>
/// <param name="Incoming">The mail.</param>
/// <param name="Rules">The rules that lead to a notification, in their order.</param>
internal sealed record MatchedMail(Guid Id, IncomingMail Incoming, IReadOnlyList<Rule> Rules)
{
    /// <summary>What is to be sent, one for each rule.</summary>
    public IEnumerable<NotificationDraft> Notifications() => Rules.Select(rule =>
        RuleNotification.Of(rule, Incoming.UserId, Incoming.Message, NotificationSource.Email(Id), Incoming.Parent));
}

/// <summary>What a rule that matched leads to.</summary>
internal static class RuleNotification
{
    /// <summary>The notification of a message and a rule.</summary>
    public static NotificationDraft Of(
        Rule rule, Guid userId, ReceivedMessage message, NotificationSource source, ActivityContext? parent) => new(
        userId,
        rule.Channel,
        rule.Recipient,
        MessageTemplate.Render(rule.Template, rule.Name, message, rule.Content.Include),
        JobPriority.High,
        source,
        NotificationKeys.RuleMatch(source, rule.Id),
        rule.Id,
        Parent: parent);
}
