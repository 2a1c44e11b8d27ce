namespace Switchboard.Core.Jobs.Consuming;

/// <summary>Where deliveries come from and are settled: a queue as one channel sees it.</summary>
internal interface IDeliveryQueue
{
    /// <summary>Its lane; for the dead-letter queue only where such a message was meant to go, if that is known.</summary>
    JobQueue Lane { get; }

    /// <summary>Whether it takes what the worker's lanes could not get rid of.</summary>
    bool IsDeadLetter { get; }

    /// <summary>Completes when the channel is gone: what was not acknowledged comes again, over another one.</summary>
    Task Lost { get; }

    /// <summary>What became of these deliveries is on disk: they can be acknowledged.</summary>
    void Settle(IReadOnlyList<ReceivedJob> jobs);
}
