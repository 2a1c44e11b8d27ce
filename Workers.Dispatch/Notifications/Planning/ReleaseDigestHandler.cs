using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Notify;
using Switchboard.Core.Notifications.Recipients;

namespace Switchboard.Workers.Dispatch.Notifications.Planning;

/// <summary>Tell what a digest has gathered.</summary>
/// <param name="Id">The job's id, and the digest's: a row in <c>notify_digests</c>.</param>
/// <param name="UserId">Whose it is.</param>
internal sealed record ReleaseDigest(Guid Id, Guid UserId) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("release-digest", 1, JobWorker.Dispatch, JobPriority.Normal);

    /// <summary>Stops a second release: a digest that was told is not open any more.</summary>
    public string IdempotencyKey => $"release-digest:{Id}";
}

/// <summary>
/// Releases digests that are due, many in one transaction: each becomes one notification, under the digest's own id. A digest is locked
/// before its events are read: who is putting one into it is waited for, and who comes later opens another.
/// </summary>
internal sealed class ReleaseDigestHandler(
    NpgsqlDataSource dataSource,
    DigestStore store,
    PlanContexts contexts,
    MessageWriter writer,
    NotificationStore notifications,
    JobOutbox outbox,
    PlanningMetrics metrics,
    TimeProvider timeProvider) : IJobHandler<ReleaseDigest>
{
    private static readonly TimeSpan ReadAgain = TimeSpan.FromSeconds(1);

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<ReleaseDigest>> batch, CancellationToken cancellationToken)
    {
        var parents = batch.ToLookup(delivery => delivery.Job.Id, delivery => delivery.Activity?.Context);
        var found = await store.FindAsync(
            [.. batch.Select(delivery => delivery.Job).DistinctBy(job => job.Id)], timeProvider.GetUtcNow(), cancellationToken);
        var known = await KnownAsync(found, cancellationToken);
        var dueAt = await ReleaseAsync(known, parents, cancellationToken);

        var now = timeProvider.GetUtcNow();
        return
        [
            .. batch.Select(delivery => dueAt.TryGetValue(delivery.Job.Id, out var at) && at > now
                ? JobOutcome.Snooze(at - now, "It is to be told later.")
                : JobOutcome.Done),
        ];
    }

    // the request that is told last stands for all of a digest: its template, priority and fallback
    private async Task<List<(DueDigest Digest, PlanContext Context)>> KnownAsync(List<DueDigest> found, CancellationToken cancellationToken)
    {
        var newest = found.ConvertAll(digest => (digest.Newest, (IReadOnlyCollection<StoredDelivery>)
        [
            new StoredDelivery(digest.Id, digest.RecipientKey, digest.Recipient, digest.RecipientId, PlanOf(digest), DeliveryStore.Gathered, null),
        ]));
        return [.. found.Zip(await contexts.ReadAsync(newest, cancellationToken))];
    }

    private async Task<Dictionary<Guid, DateTimeOffset>> ReleaseAsync(
        List<(DueDigest Digest, PlanContext Context)> known, ILookup<Guid, ActivityContext?> parents, CancellationToken cancellationToken)
    {
        if (known.Count == 0)
            return [];
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var now = timeProvider.GetUtcNow();
        var dueAt = await DigestStore.LockAsync(transaction, known.ConvertAll(one => one.Digest), cancellationToken);
        var due = known.FindAll(one => dueAt.TryGetValue(one.Digest.Id, out var at) && at <= now);
        var events = await DigestStore.EventsAsync(transaction, due.ConvertAll(one => one.Digest), now, cancellationToken);
        var decided = due
            .ConvertAll(one => Decide(one.Digest, one.Context, [.. events[one.Digest.Id]], parents[one.Digest.Id].FirstOrDefault(), now));

        // quiet hours have begun again: the digest stays open, and its job comes again
        var putOff = decided.FindAll(one => one.Plan.Action == PlannedAction.Hold);
        var released = decided.FindAll(one => one.Plan.Action != PlannedAction.Hold);
        await DigestStore.PutOffAsync(transaction, putOff.ConvertAll(one => (one.Digest, one.Plan.Until!.Value)), cancellationToken);
        await DigestStore.ReleaseAsync(transaction, released.ConvertAll(one => (one.Digest, one.Plan.Reason)), now, cancellationToken);
        var created = await notifications.CreateAsync(
            connection, transaction, [.. released.Select(one => one.Draft).OfType<NotificationDraft>()], [], grant: null,
            cancellationToken);
        await outbox.CommitStagedAsync(transaction, created.Jobs, cancellationToken);
        metrics.Planned(decided.Select(one => one.Plan));

        foreach (var one in putOff)
            dueAt[one.Digest.Id] = one.Plan.Until!.Value;
        foreach (var one in released)
            dueAt.Remove(one.Digest.Id);
        return dueAt;
    }

    private (DueDigest Digest, PlannedDelivery Plan, NotificationDraft? Draft) Decide(
        DueDigest digest, PlanContext context, IReadOnlyList<GatheredEvent> events, ActivityContext? parent, DateTimeOffset now)
    {
        if (events.Count == 0)
            return (digest, PlanOf(digest) with { Action = PlannedAction.Skip, Reason = NotifyReasons.Cancelled }, null);
        // taken back since it was read: another request stands for them now
        if (!events.Any(one => one.RequestId == digest.Newest.Id))
            return (digest, PlanOf(digest) with { Action = PlannedAction.Hold, Until = now + ReadAgain }, null);

        var to = context.To.GetValueOrDefault(digest.RecipientKey);
        // events that are over are not among these
        var subject = context.Subject with { Request = context.Subject.Request with { ExpiresAt = null } };
        var plan = DeliveryPlan.Again(
            subject, PlanOf(digest), to, context.Preferences.GetValueOrDefault(digest.RecipientKey, RecipientPreferences.None), now);
        if (plan.Action != PlannedAction.Send)
            return (digest, plan, null);

        var gathered = new DigestEvents(
            events[0].Count,
            [.. events.Select(one => one.Data).OfType<JsonElement>()],
            [.. events.Select(one => one.Body).OfType<string>()]);
        return writer.Write(context, to!, plan, digest.Id, parent, gathered) is { } draft
            ? (digest, plan, draft with { ScheduledFor = now })
            : (digest, plan with { Action = PlannedAction.Skip, Reason = NotifyReasons.TemplateError }, null);
    }

    private static PlannedDelivery PlanOf(DueDigest digest) => new(digest.Channel, digest.Address, PlannedAction.Digest);
}
