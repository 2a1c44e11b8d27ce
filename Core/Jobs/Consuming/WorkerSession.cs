using RabbitMQ.Client;
using Switchboard.Core.Messaging;

namespace Switchboard.Core.Jobs.Consuming;

/// <summary>The consumers of one worker on one connection: each of its lanes and its dead-letter queue.</summary>
internal sealed class WorkerSession : IBrokerSession
{
    private readonly IReadOnlyList<LaneConsumer> _consumers;

    private WorkerSession(IReadOnlyList<LaneConsumer> consumers)
    {
        _consumers = consumers;
        Lost = Task.WhenAny(consumers.Select(consumer => consumer.Lost));
    }

    /// <inheritdoc/>
    public Task Lost { get; }

    public static async Task<WorkerSession> OpenAsync(
        IConnection connection,
        JobWorker worker,
        ushort prefetch,
        Action<ReceivedJob> received,
        TimeProvider time,
        CancellationToken cancellation)
    {
        var consumers = new List<LaneConsumer>();
        try
        {
            foreach (var lane in JobLane.All.Where(lane => lane.Worker == worker))
                consumers.Add(await LaneConsumer.OpenAsync(connection, lane, false, prefetch, received, time, cancellation));
            var returned = JobLane.Of(worker, JobPriority.VeryLow);
            consumers.Add(await LaneConsumer.OpenAsync(connection, returned, true, prefetch, received, time, cancellation));
            return new(consumers);
        }
        catch
        {
            // the first lanes may have delivered already: what was settled is acknowledged, the rest is known to be lost
            await DisposeAllAsync(consumers);
            throw;
        }
    }

    public Task StopTakingAsync(CancellationToken cancellation) =>
        Task.WhenAll(_consumers.Select(consumer => consumer.StopTakingAsync(cancellation)));

    public ValueTask DisposeAsync() => DisposeAllAsync(_consumers);

    private static async ValueTask DisposeAllAsync(IReadOnlyList<LaneConsumer> consumers)
    {
        foreach (var consumer in consumers)
            await consumer.DisposeAsync();
    }
}
