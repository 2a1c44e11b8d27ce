using RabbitMQ.Client;
using Switchboard.Core.Jobs;

namespace Switchboard.Core.RabbitMq;

/// <summary>
/// Every queue there is, declared here alone and by whoever connects: a queue for each worker and priority, and for each worker
/// the queue that takes what its queues could not get rid of. All are quorum queues, so a confirmed message is on disk.
/// <para>
/// It holds on RabbitMQ 3.10 and 4.x alike: no transient, exclusive or mirrored queue, no QoS for a whole connection. Arguments of a queue
/// that exists must never change: the broker refuses to declare it with others. 4.x gives a quorum queue without <c>x-delivery-limit</c> a
/// limit of 20. The queues of jobs say theirs. Those of dead letters never did, and must not now; they have no way on, so on 4.x a message
/// that kills its consumer more than 20 times is gone. It would have to be one that can be neither read nor written down as dead, though
/// nothing of it is looked into; who wants no limit there sets the policy <c>delivery-limit: -1</c> for <c>*.dead-letter</c>.
/// </para>
/// </summary>
internal static class QueueTopology
{
    public static async Task DeclareAsync(IConnection connection, int deliveryLimit, CancellationToken cancellationToken)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        foreach (var worker in Enum.GetValues<JobWorker>())
            await DeclareDeadLetterQueueAsync(channel, worker, cancellationToken);
        foreach (var queue in JobQueue.All)
            await DeclareAsync(channel, queue.Name, ArgumentsOf(queue, deliveryLimit), cancellationToken);
    }

    /// <summary>A queue alone, with where it puts what it cannot get rid of.</summary>
    public static async Task DeclareAsync(IConnection connection, JobQueue queue, int deliveryLimit, CancellationToken cancellationToken)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await DeclareDeadLetterQueueAsync(channel, queue.Worker, cancellationToken);
        await DeclareAsync(channel, queue.Name, ArgumentsOf(queue, deliveryLimit), cancellationToken);
    }

    private static Task DeclareDeadLetterQueueAsync(IChannel channel, JobWorker worker, CancellationToken cancellationToken) =>
        DeclareAsync(channel, JobQueue.DeadLetterQueueOf(worker), new() { ["x-queue-type"] = "quorum" }, cancellationToken);

    // at-least-once: a message leaves its queue only when the dead-letter queue has it; this needs reject-publish
    private static Dictionary<string, object?> ArgumentsOf(JobQueue queue, int deliveryLimit) => new()
    {
        ["x-queue-type"] = "quorum",
        ["x-delivery-limit"] = deliveryLimit,
        ["x-overflow"] = "reject-publish",
        ["x-dead-letter-strategy"] = "at-least-once",
        ["x-dead-letter-exchange"] = "",
        ["x-dead-letter-routing-key"] = JobQueue.DeadLetterQueueOf(queue.Worker),
    };

    private static async Task DeclareAsync(
        IChannel channel, string queue, Dictionary<string, object?> arguments, CancellationToken cancellationToken) =>
        await channel.QueueDeclareAsync(
            queue, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellationToken);
}
