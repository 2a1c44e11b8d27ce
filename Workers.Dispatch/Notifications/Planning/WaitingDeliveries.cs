using System.Diagnostics;
using Npgsql;
using Switchboard.Core.Jobs;

namespace Switchboard.Workers.Dispatch.Notifications.Planning;

/// <summary>
/// Stores the deliveries of a page together with what those wait for that do not go at once: the jobs that release what is held, the
/// digests, and the jobs that look whether the next channel of an order is to go.
/// </summary>
internal sealed class WaitingDeliveries(ScheduledJobs scheduledJobs)
{
    /// <summary>Stores them, within the transaction that plans them.</summary>
    /// <returns>What was stored.</returns>
    public async Task<IReadOnlyList<NewDelivery>> StoreAsync(
        NpgsqlTransaction transaction,
        PlanContext context,
        IReadOnlyList<NewDelivery> deliveries,
        ActivityContext? parent,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var digests = await OpenAsync(transaction, context, deliveries, parent, now, cancellationToken);
        var holds = await HoldAsync(
            transaction, context.Request, deliveries.Select(delivery => delivery.Plan), parent, now, cancellationToken);
        NewDelivery[] stored =
        [
            .. deliveries.Select(delivery => delivery with
            {
                HoldId = delivery.Plan.Action == PlannedAction.Hold ? holds[delivery.Plan.Until!.Value] : null,
                DigestId = delivery.Plan.Action == PlannedAction.Digest
                    ? digests[(delivery.To.Key, delivery.Plan.Channel, delivery.Plan.Address)].Id
                    : null,
            }),
        ];
        await DeliveryStore.InsertAsync(transaction, context.Request, stored, now, cancellationToken);
        await WatchAsync(
            transaction, context,
            stored.Where(delivery => delivery.Plan.Step is not null).Select(delivery => (delivery.To.Key, delivery.Plan)), parent, now,
            cancellationToken);
        return stored;
    }

    /// <summary>Stages the jobs that release what is held, one for all that end at a time.</summary>
    /// <returns>Their ids, by the time.</returns>
    public async Task<IReadOnlyDictionary<DateTimeOffset, Guid>> HoldAsync(
        NpgsqlTransaction transaction, StoredRequest request, IEnumerable<PlannedDelivery> plans, ActivityContext? parent,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var holds = new Dictionary<DateTimeOffset, Guid>();
        foreach (var until in plans.Where(plan => plan.Action == PlannedAction.Hold).Select(plan => plan.Until!.Value).Distinct())
        {
            holds[until] = Guid.CreateVersion7(now);
            var job = new OutgoingJob(new ReleaseHeld(holds[until], request.UserId, request.Id), parent);
            await scheduledJobs.InsertAsync(transaction.Connection!, transaction, [job], until, cancellationToken);
        }

        return holds;
    }

    /// <summary>Stages, for each recipient of whom the next channel of an order waits, the job that looks after a time whether it is to go;
    /// at once where none of those before it goes after all.</summary>
    public async Task WatchAsync(
        NpgsqlTransaction transaction,
        PlanContext context,
        IEnumerable<(Guid RecipientKey, PlannedDelivery Plan)> chains,
        ActivityContext? parent,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var request = context.Request;
        var due = new List<(DateTimeOffset At, OutgoingJob Job)>();
        foreach (var chain in chains.GroupBy(one => one.RecipientKey, one => one.Plan))
        {
            var gone = chain.Where(plan => plan.Action == PlannedAction.Send).Max(plan => plan.Step);
            var isHeld = chain.Any(plan => plan.Action == PlannedAction.Hold);
            DateTimeOffset? at = gone is not null ? now + context.FallbackAfter : isHeld ? null : now;
            // what was to go now and does not had all before it out of its way
            var over = gone ?? chain.Where(plan => plan.Action == PlannedAction.Skip).Max(plan => plan.Step);
            if (at is not null && chain.Any(plan => plan.Action == PlannedAction.Wait))
                due.Add((at.Value, new(new ContinueFallback(Guid.CreateVersion7(now), request.UserId, request.Id, chain.Key, over), parent)));
        }

        foreach (var together in due.GroupBy(one => one.At, one => one.Job))
            await scheduledJobs.InsertAsync(transaction.Connection!, transaction, [.. together], together.Key, cancellationToken);
    }

    private async Task<IReadOnlyDictionary<(Guid, string, string), OpenDigest>> OpenAsync(
        NpgsqlTransaction transaction, PlanContext context, IReadOnlyList<NewDelivery> deliveries, ActivityContext? parent,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        DigestEvent[] events =
        [
            .. deliveries.Where(delivery => delivery.Plan.Action == PlannedAction.Digest).Select(delivery => new DigestEvent(
                delivery.To.Key, delivery.To.Recipient?.Id, delivery.Plan.Channel, delivery.Plan.Address,
                DigestWindow.Of(context.Subject.Category.Digest!, now, delivery.To.Recipient?.TimeZone))),
        ];
        if (events.Length == 0)
            return new Dictionary<(Guid, string, string), OpenDigest>();

        var open = await DigestStore.OpenAsync(transaction, context.Request, events, now, cancellationToken);
        // one that should have been told already may have lost its job, or its job is under way: a second one finds it told
        foreach (var due in open.Where(digest => digest.IsNew || digest.DueAt <= now).GroupBy(digest => digest.DueAt))
        {
            OutgoingJob[] jobs = [.. due.Select(digest => new OutgoingJob(new ReleaseDigest(digest.Id, context.Request.UserId), parent))];
            await scheduledJobs.InsertAsync(transaction.Connection!, transaction, jobs, due.Key, cancellationToken);
        }

        return open.ToDictionary(digest => (digest.RecipientKey, digest.Channel, digest.Address));
    }
}
