using System.Diagnostics;
using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Notify;

namespace Switchboard.Workers.Dispatch.Notifications.Planning;

/// <summary>Look whether the next in an order of channels is to go: one of them failed, or arrived, or has had its time.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="UserId">Whose request it is.</param>
/// <param name="RequestId">The request, a row in <c>notify_requests</c>.</param>
/// <param name="RecipientKey">Of which recipient.</param>
/// <param name="TimedOut">The step up to which the time is over; null where something else happened.</param>
internal sealed record ContinueFallback(Guid Id, Guid UserId, Guid RequestId, Guid RecipientKey, short? TimedOut) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("continue-fallback", 1, JobWorker.Dispatch, JobPriority.Normal);

    /// <summary>Stops nothing: a second look finds the step gone, by the states of its deliveries, which are locked.</summary>
    public string IdempotencyKey => $"continue-fallback:{RequestId}/{RecipientKey}/{TimedOut}";
}

/// <summary>
/// Moves on along an order of channels. Of what one look decides the deliveries are locked, and it is decided again with them locked: of
/// two looks at once, such as for a failure and for the time that is over, one finds what the other has done.
/// </summary>
internal sealed class ContinueFallbackHandler(
    NpgsqlDataSource dataSource,
    DeliveryStore store,
    PlanContexts contexts,
    Throttles throttles,
    DeliveryRelease release,
    NotificationStore notifications,
    JobOutbox outbox,
    TimeProvider timeProvider) : IJobHandler<ContinueFallback>
{
    private static readonly string[] Open = [DeliveryStore.Waiting, DeliveryStore.Skipped];

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<ContinueFallback>> batch, CancellationToken cancellationToken)
    {
        foreach (var delivery in batch)
        {
            Activity.Current = delivery.Activity;
            while (!await MoveAsync(delivery.Job, delivery.Activity?.Context, cancellationToken))
                cancellationToken.ThrowIfCancellationRequested();
        }

        return [.. batch.Select(_ => JobOutcome.Done)];
    }

    // whether it was done; else it came to something else with the deliveries locked, of which nothing was counted yet
    private async Task<bool> MoveAsync(ContinueFallback job, ActivityContext? parent, CancellationToken cancellationToken)
    {
        var before = await store.ChainAsync(job.UserId, job.RequestId, job.RecipientKey, cancellationToken);
        var expected = FallbackDecision.Of(before, job.TimedOut);
        if (expected.IsNothing
            || await store.FindRequestAsync(job.UserId, job.RequestId, cancellationToken) is not { IsCancelled: false } request)
            return true;

        var context = await contexts.ReadAsync(request, before, cancellationToken);
        var counted = expected.Next.Select(one => one.Plan.Channel).ToHashSet();
        var throttled = await throttles.TakeAsync(context, job.RecipientKey, counted, cancellationToken);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await DeliveryStore.LockAsync(transaction, [job.UserId], [.. before.Select(delivery => delivery.Id)], Open, cancellationToken);
        var decision = FallbackDecision.Of(
            await DeliveryStore.ChainAsync(transaction, job.UserId, job.RequestId, job.RecipientKey, cancellationToken), job.TimedOut);
        if (!decision.Next.All(one => counted.Contains(one.Plan.Channel)))
            return false;

        await DeliveryStore.SettleAsync(
            transaction, job.UserId,
            [.. decision.NotNeeded.Select(one => new SettledDelivery(one.Id, DeliveryStore.Skipped, NotifyReasons.FallbackNotNeeded))],
            cancellationToken);
        var taken = await notifications.CancelAsync(transaction, job.UserId, [.. decision.TakeBack.Select(one => one.Id)], cancellationToken);
        await DeliveryStore.SettleAsync(
            transaction, job.UserId,
            [.. taken.Ids.Select(id => new SettledDelivery(id, DeliveryStore.Skipped, ReasonOf(decision)))], cancellationToken);
        var drafts = await release.SettleAsync(transaction, context, decision.Next, throttled, parent, timeProvider.GetUtcNow(), cancellationToken);
        var created = await notifications.CreateAsync(connection, transaction, drafts, taken.Jobs, grant: null, cancellationToken);
        await outbox.CommitStagedAsync(transaction, created.Jobs, cancellationToken);
        return true;
    }

    // another arrived, or is to go in its place
    private static string ReasonOf(FallbackDecision decision) =>
        decision.Next.Count == 0 ? NotifyReasons.FallbackNotNeeded : NotifyReasons.Cancelled;
}
