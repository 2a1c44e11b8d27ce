using System.ComponentModel.DataAnnotations;
using Switchboard.Core.RabbitMq;

namespace Switchboard.Core.Jobs;

/// <summary>How jobs are published, consumed and scheduled; section <c>Jobs</c>.</summary>
public sealed record JobOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Jobs";

    /// <summary>How long the broker may take to confirm what was published.</summary>
    [Range(0.1, 60)]
    public double ConfirmTimeoutSeconds { get; set; } = 5;

    /// <summary>How long a staged job waits for its own process to publish it before the scheduler does.</summary>
    [Range(1, 3600)]
    public double OutboxGraceSeconds { get; set; } = 10;

    /// <summary>How many messages of one queue a process holds at once, waiting or in work.</summary>
    [ConfigurationKeyName("PrefetchPerLane")]
    [Range(1, 10_000)]
    public ushort PrefetchPerQueue { get; set; } = 400;

    /// <summary>
    /// How many messages may wait in a queue before no more are published to it: the edge answers 503, workers hold what they do, and the
    /// scheduler leaves its rows where they are. Looked at about once a second, so that it is passed by what a second brings.
    /// </summary>
    [Range(1, 100_000_000)]
    public int MaxQueueLength { get; set; } = 100_000;

    /// <summary>How often the length of the queues that are published to is looked at.</summary>
    [Range(10, 60_000)]
    public double QueueLengthPollMs { get; set; } = 1000;

    /// <summary>How often it is measured how much waits in the queues, and for how long.</summary>
    [Range(100, 60_000)]
    public double LagPollMs { get; set; } = 5000;

    /// <summary>From how many bytes on a message is compressed; 0: none is.</summary>
    [Range(0, CompressedBody.MaxBytes)]
    public int CompressFromBytes { get; set; } = 4096;

    /// <summary>How long the first job of a batch waits for others to join it.</summary>
    [Range(0, 1000)]
    public double BatchWindowMs { get; set; }

    /// <summary>How soon after a batch the next of its type begins, unless that is full.</summary>
    [Range(0, 1000)]
    public double BatchIntervalMs { get; set; } = 16;

    /// <summary>How long a stopping process gives its handlers to finish what they hold.</summary>
    [Range(0, 300)]
    public double ShutdownSeconds { get; set; } = 10;

    /// <summary>How often a message may come back without an answer (its consumer died) before it counts as poison.</summary>
    [Range(1, 1000)]
    public int DeliveryLimit { get; set; } = 20;

    /// <summary>How often the scheduler looks for jobs that are due.</summary>
    [Range(1, 60_000)]
    public double SchedulerPollMs { get; set; } = 200;

    /// <summary>How many due jobs the scheduler takes at once.</summary>
    [Range(1, 10_000)]
    public int SchedulerBatch { get; set; } = 500;

    /// <summary>The first wait after a dependency failed; it doubles up to <see cref="MaxHoldSeconds"/>.</summary>
    [Range(1, 60_000)]
    public double FirstHoldMs { get; set; } = 100;

    /// <summary>The longest wait before a dependency that is unavailable is tried again.</summary>
    [Range(0.01, 300)]
    public double MaxHoldSeconds { get; set; } = 2;

    /// <summary>How often a process writes down what it counted.</summary>
    [Range(10, 60_000)]
    public double StatsFlushMs { get; set; } = 1000;
}

[OptionsValidator]
internal sealed partial class JobOptionsValidator : IValidateOptions<JobOptions>;
