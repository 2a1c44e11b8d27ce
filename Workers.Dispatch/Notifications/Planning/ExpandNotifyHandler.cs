using System.Diagnostics;
using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Notify;
using Switchboard.Core.Notifications.Recipients;

namespace Switchboard.Workers.Dispatch.Notifications.Planning;

/// <summary>
/// Plans a request page by page: who it is for, what becomes of it over each channel, and the notifications of what goes at once. A page is
/// one transaction, which also moves the request on from exactly the page's place and stages the job of the next page: whatever dies in
/// between, each page is planned, and once.
/// </summary>
internal sealed class ExpandNotifyHandler(
    NpgsqlDataSource dataSource,
    DeliveryStore store,
    RecipientPages pages,
    PlanContexts contexts,
    Throttles throttles,
    MessageWriter writer,
    NotificationStore notifications,
    NotificationQuota quota,
    WaitingDeliveries waiting,
    JobOutbox outbox,
    PlanningMetrics metrics,
    TimeProvider timeProvider) : IJobHandler<ExpandNotify>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<ExpandNotify>> batch, CancellationToken cancellationToken)
    {
        // most requests are small, and wait for the database and the broker more than they work: one after the other they would line up
        await Task.WhenAll(batch.Select(delivery =>
        {
            Activity.Current = delivery.Activity;
            return PlanAsync(delivery.Job, delivery.Activity?.Context, cancellationToken);
        }));
        return [.. batch.Select(_ => JobOutcome.Done)];
    }

    private async Task PlanAsync(ExpandNotify job, ActivityContext? parent, CancellationToken cancellationToken)
    {
        if (await store.FindRequestAsync(job, cancellationToken) is not { } request)
            return;

        var page = await pages.ReadAsync(request, job.Position, job.Member, cancellationToken);
        var context = await contexts.ReadAsync(request, page.Addressees, cancellationToken);
        var now = timeProvider.GetUtcNow();
        var (planned, isUsedUp) = await PlanAsync(context, page, now, cancellationToken);
        // nor would any of those after them be told today: a call costs no more than this page, however many follow the topic
        if (isUsedUp && page.Member is not null)
            page = page with { Position = page.Position + 1, Member = null };
        var written = Write(context, planned, parent, now);

        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var isLast = page.Position >= request.Request.To.Count;
        if (!await DeliveryStore.AdvanceAsync(transaction, job, page.Position, page.Member, isLast ? now : null, cancellationToken))
            return;

        var before = await DeliveryStore.PlannedAsync(transaction, request, [.. context.To.Keys], cancellationToken);
        var there = await RecipientStore.HoldAsync(
            transaction, job.UserId, [.. written.Select(one => one.Delivery.To.Recipient?.Id).OfType<Guid>().Distinct()],
            cancellationToken);
        var deliveries = written
            // of who was deleted since they were read nothing is stored
            .Where(one => one.Delivery.To.Recipient is not { } recipient || there.Contains(recipient.Id))
            .Where(one => before.Add((one.Delivery.To.Key, one.Delivery.Plan.Channel, one.Delivery.Plan.Address)))
            .ToList();
        List<OutgoingJob> jobs = isLast
            ? []
            : [new(new ExpandNotify(Guid.CreateVersion7(now), job.UserId, job.RequestId, page.Position, page.Member, request.Priority), parent)];
        var stored = await waiting.StoreAsync(transaction, context, [.. deliveries.Select(one => one.Delivery)], parent, now, cancellationToken);
        var created = await notifications.CreateAsync(
            connection, transaction, [.. deliveries.Select(one => one.Draft).OfType<NotificationDraft>()], jobs, grant: null,
            cancellationToken);
        await outbox.CommitStagedAsync(transaction, created.Jobs, cancellationToken);
        metrics.Planned(stored.Select(delivery => delivery.Plan));
    }

    // and whether nothing was left of the quota for any of them
    private async Task<(IEnumerable<(Addressee To, PlannedDelivery Plan)> Planned, bool IsUsedUp)> PlanAsync(
        PlanContext context, RecipientPage page, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Addressee[] to = [.. page.Addressees.DistinctBy(addressee => (addressee.Key, addressee.OnlyAddress))];
        var throttled = await throttles.TakeAsync(context, to, now, cancellationToken);
        // of a topic it is known only now how many they are
        var counted = page.IsOfTopic && to.Length > 0 ? await quota.TakeAsync(context.Request.UserId, to.Length, cancellationToken) : to.Length;
        var planned = to.Index().SelectMany(one => one.Index < counted
            ? DeliveryPlan.Of(context.Subject, one.Item, context.Preferences[one.Item.Key], now, throttled.GetValueOrDefault(one.Item.Key))
                .Select(plan => (one.Item, plan))
            : [(one.Item, new PlannedDelivery("", "", PlannedAction.Skip, NotifyReasons.Quota))]);
        return (planned, counted == 0 && to.Length > 0);
    }

    private IReadOnlyList<(NewDelivery Delivery, NotificationDraft? Draft)> Write(
        PlanContext context, IEnumerable<(Addressee To, PlannedDelivery Plan)> planned, ActivityContext? parent, DateTimeOffset now) =>
    [
        .. planned.Select(one =>
        {
            var id = Guid.CreateVersion7(now);
            var draft = one.Plan.Action == PlannedAction.Send ? writer.Write(context, one.To, one.Plan, id, parent) : null;
            var plan = one.Plan.Action == PlannedAction.Send && draft is null
                ? one.Plan with { Action = PlannedAction.Skip, Reason = NotifyReasons.TemplateError }
                : one.Plan;
            return (new NewDelivery(id, context.Request, one.To, plan, HoldId: null, DigestId: null), draft);
        }),
    ];
}
