using System.Diagnostics;
using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Notify;
using Switchboard.Core.Notifications.Recipients;

namespace Switchboard.Workers.Dispatch.Notifications.Planning;

/// <summary>Release what of a request is held until one time.</summary>
/// <param name="Id">The job's id, and the <c>hold_id</c> of what it releases.</param>
/// <param name="UserId">Whose request it is.</param>
/// <param name="RequestId">The request, a row in <c>notify_requests</c>.</param>
internal sealed record ReleaseHeld(Guid Id, Guid UserId, Guid RequestId) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("release-held", 1, JobWorker.Dispatch, JobPriority.Normal);

    /// <summary>Stops a second release: what was released is not held any more.</summary>
    public string IdempotencyKey => $"release-held:{Id}";
}

/// <summary>
/// Releases what was held, with the preferences and addresses of now: it goes, or is skipped with the reason, or is held again where quiet
/// hours have begun again. The notifications are made in the transaction in which the deliveries leave their state; many requests that
/// were held until the same time share one.
/// </summary>
internal sealed class ReleaseHeldHandler(
    NpgsqlDataSource dataSource,
    DeliveryStore store,
    PlanContexts contexts,
    DeliveryRelease release,
    NotificationStore notifications,
    JobOutbox outbox,
    TimeProvider timeProvider) : IJobHandler<ReleaseHeld>
{
    // of one transaction, unless a single job has more
    private const int MostDeliveries = 500;

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<ReleaseHeld>> batch, CancellationToken cancellationToken)
    {
        var parents = batch.DistinctBy(delivery => delivery.Job.Id).ToDictionary(delivery => delivery.Job.Id, delivery => delivery.Activity?.Context);
        // what was cancelled is cleared by the job that cancels
        var held = await store.HeldAsync([.. batch.Select(delivery => delivery.Job).DistinctBy(job => job.Id)], cancellationToken);
        var together = new List<Hold>();
        foreach (var (holdId, request, deliveries) in held)
        {
            if (together.Sum(hold => hold.Deliveries.Count) + deliveries.Count > MostDeliveries)
            {
                await ReleaseAsync(together, cancellationToken);
                together.Clear();
            }

            together.Add(new(request, deliveries, parents[holdId]));
        }

        await ReleaseAsync(together, cancellationToken);
        return [.. batch.Select(_ => JobOutcome.Done)];
    }

    private async Task ReleaseAsync(List<Hold> holds, CancellationToken cancellationToken)
    {
        if (holds.Count == 0)
            return;
        var read = await contexts.ReadAsync(
            holds.ConvertAll(hold => (hold.Request, (IReadOnlyCollection<StoredDelivery>)hold.Deliveries)), cancellationToken);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var still = await DeliveryStore.LockAsync(
            transaction, [.. holds.Select(hold => hold.Request.UserId).Distinct()],
            [.. holds.SelectMany(hold => hold.Deliveries).Select(delivery => delivery.Id)], [DeliveryStore.Held], cancellationToken);
        var drafts = new List<NotificationDraft>();
        foreach (var (hold, context) in holds.Zip(read))
            drafts.AddRange(await release.SettleAsync(
                transaction, context, hold.Deliveries.FindAll(delivery => still.Contains(delivery.Id)), throttled: null, hold.Parent,
                timeProvider.GetUtcNow(), cancellationToken));
        var created = await notifications.CreateAsync(connection, transaction, drafts, [], grant: null, cancellationToken);
        await outbox.CommitStagedAsync(transaction, created.Jobs, cancellationToken);
    }

    private sealed record Hold(StoredRequest Request, List<StoredDelivery> Deliveries, ActivityContext? Parent);
}

/// <summary>What becomes of deliveries whose time has come: what was held, and the next in an order of channels.</summary>
internal sealed class DeliveryRelease(MessageWriter writer, WaitingDeliveries waiting, PlanningMetrics metrics)
{
    /// <summary>Decides again about deliveries that the transaction has locked, and writes it.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="context">What they are about.</param>
    /// <param name="deliveries">The deliveries.</param>
    /// <param name="throttled">Channels that are full, where they were not counted before.</param>
    /// <param name="parent">The span that their sends belong to.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The notifications that are to be made in the same transaction.</returns>
    public async Task<IReadOnlyCollection<NotificationDraft>> SettleAsync(
        NpgsqlTransaction transaction,
        PlanContext context,
        IReadOnlyList<StoredDelivery> deliveries,
        IReadOnlySet<string>? throttled,
        ActivityContext? parent,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var decided = deliveries.Select(delivery => Decide(context, delivery, throttled, parent, now)).ToList();
        var holds = await waiting.HoldAsync(transaction, context.Request, decided.Select(one => one.Plan), parent, now, cancellationToken);
        await DeliveryStore.SettleAsync(
            transaction, context.Request.UserId,
            [
                .. decided.Select(one => new SettledDelivery(
                    one.Delivery.Id, DeliveryStore.StateOf(one.Plan.Action), one.Plan.Reason, one.Plan.Until,
                    one.Plan.Action == PlannedAction.Hold ? holds[one.Plan.Until!.Value] : null)),
            ],
            cancellationToken);
        await WatchAsync(transaction, context, decided, parent, now, cancellationToken);
        metrics.Planned(decided.Select(one => one.Plan));
        return [.. decided.Select(one => one.Draft).OfType<NotificationDraft>()];
    }

    private (StoredDelivery Delivery, PlannedDelivery Plan, NotificationDraft? Draft) Decide(
        PlanContext context, StoredDelivery delivery, IReadOnlySet<string>? throttled, ActivityContext? parent, DateTimeOffset now)
    {
        var to = context.To.GetValueOrDefault(delivery.RecipientKey);
        var plan = DeliveryPlan.Again(
            context.Subject, delivery.Plan, to, context.Preferences.GetValueOrDefault(delivery.RecipientKey, RecipientPreferences.None),
            now, throttled);
        if (plan.Action != PlannedAction.Send)
            return (delivery, plan, null);
        return writer.Write(context, to!, plan, delivery.Id, parent) is { } draft
            ? (delivery, plan, draft with { ScheduledFor = now })
            : (delivery, plan with { Action = PlannedAction.Skip, Reason = NotifyReasons.TemplateError }, null);
    }

    // of an order the others are looked at when it is time to: after a while where one goes, at once where none does
    private Task WatchAsync(
        NpgsqlTransaction transaction,
        PlanContext context,
        IEnumerable<(StoredDelivery Delivery, PlannedDelivery Plan, NotificationDraft?)> decided,
        ActivityContext? parent,
        DateTimeOffset now,
        CancellationToken cancellationToken) =>
        waiting.WatchAsync(
            transaction, context,
            decided.Where(one => one.Plan.Step is not null).SelectMany(one => new[]
            {
                (one.Delivery.RecipientKey, one.Plan),
                (one.Delivery.RecipientKey, one.Plan with { Action = PlannedAction.Wait, Step = (short)(one.Plan.Step!.Value + 1) }),
            }),
            parent, now, cancellationToken);
}
