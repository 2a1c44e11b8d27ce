using RabbitMQ.Client;
using Switchboard.Core.Jobs;

namespace Switchboard.Core.RabbitMq;

/// <summary>
/// Every queue there is, declared here alone and by whoever connects: a lane for each worker and priority, and for each worker
/// the queue that takes what its lanes could not get rid of. All are quorum queues, so a confirmed message is on disk.
/// </summary>
internal static class QueueTopology
{
    public static async Task DeclareAsync(IConnection connection, int deliveryLimit, CancellationToken cancellation)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        foreach (var worker in Enum.GetValues<JobWorker>())
            await DeclareDeadLetterQueueAsync(channel, worker, cancellation);
        foreach (var lane in JobQueue.All)
            await DeclareAsync(channel, lane.Queue, ArgumentsOf(lane, deliveryLimit), cancellation);
    }

    /// <summary>A lane alone, with where it puts what it cannot get rid of.</summary>
    public static async Task DeclareAsync(IConnection connection, JobQueue lane, int deliveryLimit, CancellationToken cancellation)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        await DeclareDeadLetterQueueAsync(channel, lane.Worker, cancellation);
        await DeclareAsync(channel, lane.Queue, ArgumentsOf(lane, deliveryLimit), cancellation);
    }

    private static Task DeclareDeadLetterQueueAsync(IChannel channel, JobWorker worker, CancellationToken cancellation) =>
        DeclareAsync(channel, JobQueue.DeadLetterQueueOf(worker), new() { ["x-queue-type"] = "quorum" }, cancellation);

    // at-least-once: a message leaves its lane only when the dead-letter queue has it; this needs reject-publish
    private static Dictionary<string, object?> ArgumentsOf(JobQueue lane, int deliveryLimit) => new()
    {
        ["x-queue-type"] = "quorum",
        ["x-delivery-limit"] = deliveryLimit,
        ["x-overflow"] = "reject-publish",
        ["x-dead-letter-strategy"] = "at-least-once",
        ["x-dead-letter-exchange"] = "",
        ["x-dead-letter-routing-key"] = JobQueue.DeadLetterQueueOf(lane.Worker),
    };

    private static async Task DeclareAsync(
        IChannel channel, string queue, Dictionary<string, object?> arguments, CancellationToken cancellation) =>
        await channel.QueueDeclareAsync(
            queue, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellation);
}
