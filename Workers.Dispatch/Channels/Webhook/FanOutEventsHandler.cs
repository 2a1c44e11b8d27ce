using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications.Webhooks;

namespace Switchboard.Workers.Dispatch.Channels.Webhook;

/// <summary>
/// Makes deliveries of events: a message for each, with the event's id, and a delivery to each endpoint of its user that takes its type.
/// Who counts events has looked already whether there is any, so that users without endpoints cost nothing.
/// </summary>
internal sealed class FanOutEventsHandler(NpgsqlDataSource dataSource, JobOutbox outbox, TimeProvider timeProvider)
    : IJobHandler<FanOutEvents>
{
    // of one statement
    private const int MostDeliveries = 500;

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<FanOutEvents>> batch, CancellationToken cancellationToken)
    {
        foreach (var delivery in batch)
            await FanOutAsync(delivery, cancellationToken);
        return [.. batch.Select(_ => JobOutcome.Done)];
    }

    private async Task FanOutAsync(JobDelivery<FanOutEvents> delivery, CancellationToken cancellationToken)
    {
        var deliveries = await PlanAsync(delivery.Job, cancellationToken);
        foreach (var chunk in deliveries.Chunk(MostDeliveries))
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var jobs = await WebhookMessageStore.AddAsync(transaction, chunk, timeProvider.GetUtcNow(), cancellationToken);
            await outbox.CommitAsync(
                transaction, [.. jobs.Select(job => job with { Parent = delivery.Activity?.Context })], cancellationToken);
        }
    }

    private async Task<List<NewDelivery>> PlanAsync(FanOutEvents job, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var subscriptions = await WebhookMessageStore.SubscriptionsAsync(
            transaction, [.. job.Events.Select(one => one.UserId).Distinct()], cancellationToken);
        return
        [
            .. from happened in job.Events
               let id = happened.Id
               where id is not null
               from subscription in subscriptions
               where subscription.Takes(happened.UserId, happened.Type)
               select new NewDelivery(
                   id!.Value, happened.UserId, subscription.Id, happened.Type, WebhookPayload.Of(happened)),
        ];
    }
}
