using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Rules;
using Switchboard.Core.Sms;
using Switchboard.Workers.Ingest.Email.Rules;
using Switchboard.Workers.Ingest.Sms.Entities;

namespace Switchboard.Workers.Ingest.Sms.Messages;

/// <summary>
/// Takes SMS in: matches them, and writes each with its items, its notifications and the jobs that follow in one transaction. An SMS with
/// audio is matched later, when what is said in it is known (<see cref="SmsRules"/>). One that comes again changes nothing.
/// </summary>
internal sealed class SmsProcessor(
    NpgsqlDataSource dataSource,
    RuleCache ruleCache,
    NotificationStore notifications,
    JobOutbox outbox,
    TimeProvider time,
    IngestMetrics metrics)
{
    /// <summary>Takes a batch in.</summary>
    /// <returns>The users who do not exist: their texts were not taken.</returns>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<IReadOnlySet<Guid>> TakeAsync(IReadOnlyCollection<IncomingSms> texts, CancellationToken cancellation)
    {
        var users = texts.Select(text => text.UserId).ToHashSet();
        var rules = await ruleCache.ForAsync(users, cancellation);
        users.ExceptWith(rules.Keys);

        var matched = Match(texts, rules);
        if (matched.Count > 0)
            await TakeAsync(matched, cancellation);
        return users;
    }

    /// <summary>Each text once, with its rules, in the order of their sids.</summary>
    internal static IReadOnlyList<MatchedSms> Match(
        IEnumerable<IncomingSms> texts, IReadOnlyDictionary<Guid, CompiledRules> rules) =>
        [.. texts
            .Where(text => rules.ContainsKey(text.UserId))
            .DistinctBy(text => text.Sid)
            .OrderBy(text => text.Sid, StringComparer.Ordinal)
            .Select(text => new MatchedSms(
                Guid.CreateVersion7(),
                text,
                text.AwaitsAudio ? null : RuleEvaluator.Matches(rules[text.UserId], text.Message),
                TextEntityFinder.Find(text.Body, text.Text.From, text.Text.ReceivedAt)))];

    private async Task TakeAsync(IReadOnlyList<MatchedSms> texts, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);

        var taken = await InsertSms.ExecuteAsync(connection, transaction, texts, now, cancellation);
        // one that was recorded before as not taken keeps the id that it has
        var fresh = texts.Where(text => taken.ContainsKey(text.Incoming.Sid)).Select(text => text with { Id = taken[text.Incoming.Sid] }).ToArray();
        var created = await WriteAsync(connection, transaction, fresh, now, cancellation);
        await transaction.CommitAsync(cancellation);
        // back in the pool before the flush asks for another one
        await connection.CloseAsync();
        metrics.TextsTaken(fresh.Length, texts.Count - fresh.Length);
        metrics.Notified(created.Ids.Count);

        await outbox.FlushAsync(created.Jobs, cancellation);
    }

    private async Task<CreatedNotifications> WriteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, MatchedSms[] texts, DateTimeOffset now, CancellationToken cancellation)
    {
        if (texts.Length == 0)
            return new([], []);
        var items = texts.SelectMany(text => text.Items(now)).ToArray();
        await InsertItems.ExecuteAsync(connection, transaction, items, now, cancellation);
        var fetches = items.Where(item => item.Status == NewItem.Pending)
            .Select(item => new OutgoingJob(new EnrichMedia(Guid.CreateVersion7(now), item.Id), item.Of.Incoming.Parent));
        return await notifications.CreateAsync(
            connection, transaction, [.. texts.SelectMany(text => text.Notifications())], [.. fetches], cancellation);
    }
}
