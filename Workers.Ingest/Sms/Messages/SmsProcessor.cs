using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Rules;
using Switchboard.Core.Sms;
using Switchboard.Workers.Ingest.Email.Rules;
using Switchboard.Workers.Ingest.Sms.Entities;

namespace Switchboard.Workers.Ingest.Sms.Messages;

/// <summary>
/// Takes texts in: matches them, writes each with its items and notifications in one transaction, and publishes what follows. A text with
/// audio is matched later, when what is said in it is known (<see cref="SmsRules"/>).
/// <para>A text that comes again changes nothing; only sends that are still pending are published again, which their claim makes harmless.
/// Its media need no such care: the jobs that fetch them are staged in the transaction that makes their items, so that there is
/// no item without one.</para>
/// </summary>
internal sealed class SmsProcessor(
    NpgsqlDataSource dataSource, RuleCache ruleCache, JobPublisher publisher, JobOutbox outbox, TimeProvider time, IngestMetrics metrics)
{
    /// <summary>Takes a batch in.</summary>
    /// <returns>The users who do not exist: their texts were not taken.</returns>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    /// <exception cref="BrokerUnavailableException">The broker is away; the texts are taken, and taking them again publishes their sends.</exception>
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
        var repeated = texts.Where(text => !taken.ContainsKey(text.Incoming.Sid)).Select(text => text.Incoming).ToArray();

        var staged = new List<OutgoingJob>();
        var sends = new List<OutgoingJob>();
        if (fresh.Length > 0)
            await WriteAsync(connection, transaction, fresh, now, sends, staged, cancellation);
        var notifications = sends.Count;
        if (repeated.Length > 0)
            sends.AddRange(await UnsentNotifications.OfTextsAsync(connection, transaction, repeated, cancellation));
        await outbox.StageAsync(connection, transaction, staged, cancellation);
        await transaction.CommitAsync(cancellation);
        // back in the pool before the flush asks for another one
        await connection.CloseAsync();
        metrics.TextsTaken(fresh.Length, repeated.Length);
        metrics.Notified(notifications);

        await Task.WhenAll(publisher.PublishAsync(sends, cancellation), outbox.FlushAsync(staged, cancellation));
    }

    private async Task WriteAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        MatchedSms[] texts,
        DateTimeOffset now,
        List<OutgoingJob> sends,
        List<OutgoingJob> staged,
        CancellationToken cancellation)
    {
        var items = texts.SelectMany(text => text.Items(now)).ToArray();
        await InsertItems.ExecuteAsync(connection, transaction, items, now, cancellation);
        staged.AddRange(items.Where(item => item.Status == NewItem.Pending)
            .Select(item => new OutgoingJob(new EnrichMedia(Guid.CreateVersion7(), item.Id), item.Of.Incoming.Parent)));

        var notifications = await NotificationStore.InsertAsync(
            connection, transaction, [.. texts.SelectMany(text => text.Notifications(now))], cancellation);
        var parents = texts.ToDictionary(text => text.Id, text => text.Incoming.Parent);
        sends.AddRange(notifications.Select(made => FollowUpJobs.Send(made.Id, made.Priority, parents[made.TextId!.Value])));
        staged.AddRange(FollowUpJobs.Facts(notifications));
    }
}
