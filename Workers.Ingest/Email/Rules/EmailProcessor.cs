using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Rules;

namespace Switchboard.Workers.Ingest.Email.Rules;

/// <summary>
/// Takes mail in, whichever way it came: matches it, writes the mail and its notifications in one transaction, and publishes their
/// sends. When it returns, all of that is safe. A mail that comes again changes nothing; only sends that are still pending are
/// published again, which their claim makes harmless.
/// </summary>
internal sealed class EmailProcessor(
    NpgsqlDataSource dataSource, RuleCache ruleCache, JobPublisher publisher, JobOutbox outbox, TimeProvider time, IngestMetrics metrics)
{
    /// <summary>Takes a batch in.</summary>
    /// <returns>The users who do not exist: their mail was not taken.</returns>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    /// <exception cref="BrokerUnavailableException">The broker is away; the mails are taken, and taking them again publishes their sends.</exception>
    public async Task<IReadOnlySet<Guid>> TakeAsync(IReadOnlyCollection<IncomingMail> mails, CancellationToken cancellation)
    {
        var users = mails.Select(mail => mail.UserId).ToHashSet();
        var rules = await ruleCache.ForAsync(users, cancellation);
        users.ExceptWith(rules.Keys);

        var matched = Match(mails, rules);
        if (matched.Count > 0)
            await TakeAsync(matched, cancellation);
        return users;
    }

    /// <summary>Each mail once, with its rules, in the order of their keys.</summary>
    internal static IReadOnlyList<MatchedMail> Match(
        IEnumerable<IncomingMail> mails, IReadOnlyDictionary<Guid, CompiledRules> rules) =>
        [.. mails
            .Where(mail => rules.ContainsKey(mail.UserId))
            .DistinctBy(mail => (mail.Source, mail.Key))
            .OrderBy(mail => mail.Source, StringComparer.Ordinal).ThenBy(mail => mail.Key, StringComparer.Ordinal)
            .Select(mail => new MatchedMail(Guid.CreateVersion7(), mail, RuleEvaluator.Matches(rules[mail.UserId], mail.Message)))];

    private async Task TakeAsync(IReadOnlyList<MatchedMail> mails, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);

        var taken = await InsertEmails.ExecuteAsync(connection, transaction, mails, now, cancellation);
        var fresh = mails.Where(mail => taken.Contains(mail.Id)).ToArray();
        var repeated = mails.Where(mail => !taken.Contains(mail.Id)).ToArray();

        var notifications = await NotificationStore.InsertAsync(
            connection, transaction, [.. fresh.SelectMany(mail => mail.Notifications(now))], cancellation);
        var parents = fresh.ToDictionary(mail => mail.Id, mail => mail.Incoming.Parent);
        var sends = notifications.Select(made => FollowUpJobs.Send(made.Id, made.Priority, parents[made.EmailId!.Value])).ToList();
        if (repeated.Length > 0)
            sends.AddRange(await UnsentNotifications.OfMailsAsync(connection, transaction, repeated, cancellation));

        var facts = FollowUpJobs.Facts(notifications);
        await outbox.StageAsync(connection, transaction, facts, cancellation);
        await transaction.CommitAsync(cancellation);
        // back in the pool before the flush asks for another one
        await connection.CloseAsync();
        metrics.MailsTaken(fresh.Length, repeated.Length);
        metrics.Notified(notifications.Count);

        await Task.WhenAll(publisher.PublishAsync(sends, cancellation), outbox.FlushAsync(facts, cancellation));
    }
}
