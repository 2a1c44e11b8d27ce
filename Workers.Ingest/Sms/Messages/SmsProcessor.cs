using System.Diagnostics;
using Switchboard.Core.Events;
using Switchboard.Core.Notifications;
using Switchboard.Core.Rules;
using Switchboard.Core.Sms;
using Switchboard.Workers.Ingest.Email.Rules;
using Switchboard.Workers.Ingest.Sms.Entities;
using Switchboard.Workers.Ingest.Sms.Media;

namespace Switchboard.Workers.Ingest.Sms.Messages;

/// <summary>Takes in SMS that <c>POST /api/sms/webhook</c> found the owner of.</summary>
internal sealed class EnrichMessageHandler(SmsProcessor processor) : IJobHandler<EnrichMessage>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<EnrichMessage>> batch, CancellationToken cancellationToken)
    {
        await processor.TakeAsync(
            [.. batch.Select(delivery => new IncomingSms(delivery.Job.UserId, delivery.Job.Sms, delivery.Activity?.Context))],
            cancellationToken);
        // whoever had the number was a user: one who is unknown was deleted meanwhile, and nothing of theirs is kept, not even a dead job
        return [.. batch.Select(_ => JobOutcome.Done)];
    }
}

/// <summary>
/// Takes SMS in: matches them, and writes each with its items, its notifications and the jobs that follow in one transaction. An SMS with
/// audio is matched later, when what is said in it is known (<see cref="SmsRules"/>). One that comes again changes nothing.
/// </summary>
internal sealed class SmsProcessor(
    NpgsqlDataSource dataSource, RuleCache ruleCache, NotificationStore notifications, JobOutbox outbox, TimeProvider timeProvider,
    IngestMetrics metrics)
{
    // what is in an SMS is looked for once more, by rules and by entities: 32 long ones
    private static readonly FairParts Parts = new(32 * 1_600, Least: 1_600);

    /// <summary>Takes a batch in.</summary>
    /// <exception cref="NpgsqlException">The database is unavailable.</exception>
    public async Task TakeAsync(IReadOnlyCollection<IncomingSms> messages, CancellationToken cancellationToken)
    {
        var rules = await ruleCache.ForAsync(messages.Select(sms => sms.UserId).ToHashSet(), cancellationToken);
        foreach (var share in Shares(messages))
        {
            var matched = Match(share, rules, timeProvider.GetUtcNow());
            if (matched.Count > 0)
                await TakeAsync(matched, cancellationToken);
        }
    }

    /// <summary>The SMS in parts that are committed one after the other.</summary>
    internal static IEnumerable<IReadOnlyList<IncomingSms>> Shares(IReadOnlyCollection<IncomingSms> messages) =>
        Parts.Split(messages, sms => sms.UserId, sms => sms.Body.Length);

    /// <summary>Each SMS once, with its rules, in the order of their sids.</summary>
    internal static IReadOnlyList<MatchedSms> Match(
        IEnumerable<IncomingSms> messages, IReadOnlyDictionary<Guid, CompiledRules> rules, DateTimeOffset now) =>
        [.. messages
            .Where(sms => rules.ContainsKey(sms.UserId))
            .DistinctBy(sms => sms.Sid)
            .OrderBy(sms => sms.Sid, StringComparer.Ordinal)
            .Select(sms => new MatchedSms(
                Guid.CreateVersion7(now),
                sms,
                sms.AwaitsAudio ? null : RuleEvaluator.Matches(rules[sms.UserId], sms.Message),
                TextEntityFinder.Find(sms.Body, sms.Sender, sms.Sms.ReceivedAt)))];

    private async Task TakeAsync(IReadOnlyList<MatchedSms> messages, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        using var grant = await notifications.ReserveAsync(
            messages.Select(sms => (sms.Incoming.UserId, sms.Rules?.Count ?? 0)), cancellationToken);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        var taken = await AcceptedSmsStore.InsertAsync(transaction, messages, now, cancellationToken);
        // one that was recorded before as not taken keeps the id that it has
        var fresh = messages.Where(sms => taken.ContainsKey(sms.Incoming.Sid)).Select(sms => sms with { Id = taken[sms.Incoming.Sid] }).ToArray();
        var created = await WriteAsync(transaction, fresh, grant, now, cancellationToken);
        await outbox.CommitStagedAsync(transaction, created.Jobs, cancellationToken);
        metrics.SmsTaken(fresh.Length, messages.Count - fresh.Length);
        metrics.Notified(created.Ids.Count);
    }

    private async Task<CreatedNotifications> WriteAsync(
        NpgsqlTransaction transaction, MatchedSms[] messages, NotificationGrant grant, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (messages.Length == 0)
            return new([], []);
        var items = messages.SelectMany(sms => sms.Items(now)).ToArray();
        await AcceptedSmsStore.InsertItemsAsync(transaction, items, now, cancellationToken);
        var fetches = items.Where(item => item.Status == NewItem.Pending)
            .Select(item => new OutgoingJob(new EnrichMedia(Guid.CreateVersion7(now), item.Id), item.Of.Incoming.Parent));
        var settled = items.Where(item => item.Status != NewItem.Pending).Select(item => EnrichmentEvents.Settled(
            item.Of.Incoming.UserId, item.Id, item.Kind, item.Status == NewItem.Completed, now));
        return await notifications.CreateAsync(
            transaction.Connection!, transaction, [.. messages.SelectMany(sms => sms.Notifications())],
            [.. fetches, .. RecordEvents.Of([.. settled], timeProvider)], grant, cancellationToken);
    }
}

/// <summary>An SMS on its way in.</summary>
/// <param name="UserId">Whose number it came from.</param>
/// <param name="Sms">The SMS.</param>
/// <param name="Parent">The span that what follows from it belongs to.</param>
internal sealed record IncomingSms(Guid UserId, InboundSms Sms, ActivityContext? Parent)
{
    /// <summary>The provider's id as it is stored.</summary>
    public string Sid { get; } = IndexedKey.Of(Sms.MessageSid);

    /// <summary>Who sent it, as rules name numbers: in E.164, however the provider wrote it.</summary>
    public string Sender => PhoneNumber.ContactOf(Sms.From) ?? Sms.From;

    /// <summary>What it says, as it is stored.</summary>
    public string Body { get; } = StorableText.From(Sms.Body);

    /// <summary>Where its items are from: with media it came as MMS.</summary>
    public string Source => Sms.Media.Count > 0 ? "mms" : "sms";

    /// <summary>Whether there is audio that will be fetched: what is said in it counts for the rules too, so they wait.</summary>
    public bool AwaitsAudio => Sms.Media.Any(media => media.Url is not null && MediaKind.Of(media.ContentType) == MediaKind.Audio);

    /// <summary>The SMS as rules see it.</summary>
    public ReceivedMessage Message => ReceivedMessage.Sms(Sender, Sms.To, Body, Sms.ReceivedAt, Sms.Media.Count > 0);
}

/// <summary>An SMS and the rules that it meets.</summary>
/// <param name="Id">The id of its row, if there is none yet.</param>
/// <param name="Incoming">The SMS.</param>
/// <param name="Rules">The rules that lead to a notification, in their order; null while what is said in its audio is not known.</param>
/// <param name="Entities">What is in what it says.</param>
internal sealed record MatchedSms(Guid Id, IncomingSms Incoming, IReadOnlyList<Rule>? Rules, TextEntities Entities)
{
    /// <summary>What is to be sent, one for each rule.</summary>
    public IEnumerable<NotificationDraft> Notifications() =>
        new SettledSms(Id, Incoming.UserId, Incoming.Message).Notifications(Rules ?? [], Incoming.Parent);

    /// <summary>Its items: the SMS, unless there is none and media in its place, and each media file.</summary>
    public IEnumerable<NewItem> Items(DateTimeOffset now)
    {
        var sms = Incoming.Sms;
        // lists are newest first: of one moment, the SMS stands before its files, and those in their order
        var ids = Enumerable.Range(0, sms.Media.Count + 1).Select(_ => Guid.CreateVersion7(now)).OrderDescending().ToArray();
        if (Incoming.Body.Length > 0 || sms.Media.Count == 0)
            yield return NewItem.OfText(ids[0], this);
        for (var index = 0; index < sms.Media.Count; index++)
            yield return NewItem.OfMedia(ids[index + 1], this, index + 1, sms.Media[index]);
    }
}
