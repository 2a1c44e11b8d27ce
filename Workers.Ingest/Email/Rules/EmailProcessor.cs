using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Rules;

namespace Switchboard.Workers.Ingest.Email.Rules;

/// <summary>
/// Takes mail in, whichever way it came: matches it, and writes the mail, its notifications and their sends in one transaction. When it
/// returns, all of that is safe. A mail that comes again changes nothing.
/// </summary>
internal sealed class EmailProcessor(
    NpgsqlDataSource dataSource,
    RuleCache ruleCache,
    NotificationStore notifications,
    JobOutbox outbox,
    TimeProvider time,
    IngestMetrics metrics)
{
    /// <summary>Takes a batch in.</summary>
    /// <returns>The users who do not exist: their mail was not taken.</returns>
    /// <exception cref="NpgsqlException">The database is away.</exception>
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

        var created = await notifications.CreateAsync(
            connection, transaction, [.. fresh.SelectMany(mail => mail.Notifications())], [], cancellation);
        await transaction.CommitAsync(cancellation);
        // back in the pool before the flush asks for another one
        await connection.CloseAsync();
        metrics.MailsTaken(fresh.Length, mails.Count - fresh.Length);
        metrics.Notified(created.Ids.Count);

        await outbox.FlushAsync(created.Jobs, cancellation);
    }
}
