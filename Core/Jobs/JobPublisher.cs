using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using Switchboard.Core.RabbitMq;

namespace Switchboard.Core.Jobs;

/// <summary>
/// Puts jobs into their lanes. A call returns when the broker has confirmed each of its jobs, which then are on disk.
/// Safe for many callers at once; they share one channel and wait only for their own.
/// </summary>
public sealed class JobPublisher
{
    private readonly BrokerConnection<ConfirmingChannel> _link;
    private readonly TimeProvider _time;
    private readonly TimeSpan _confirmTimeout;

    internal JobPublisher(IConnectionFactory factory, IOptions<JobOptions> options, TimeProvider time, ILogger<JobPublisher> logger)
    {
        _time = time;
        _confirmTimeout = TimeSpan.FromSeconds(options.Value.ConfirmTimeoutSeconds);
        _link = new(factory, "jobs: publish", OpenAsync, time, logger);

        async Task<ConfirmingChannel> OpenAsync(IConnection connection, CancellationToken cancellation)
        {
            await QueueTopology.DeclareAsync(connection, options.Value.DeliveryLimit, cancellation);
            return await ConfirmingChannel.OpenAsync(connection, cancellation);
        }
    }

    /// <summary>Whether the broker is connected at the moment.</summary>
    internal bool IsConnected => _link.Current is not null;

    /// <summary>Publishes one job.</summary>
    /// <exception cref="BrokerUnavailableException">The broker is away or did not confirm in time.</exception>
    public Task PublishAsync(IJob job, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(job);
        return PublishAsync([new OutgoingJob(job)], cancellation);
    }

    /// <summary>Publishes jobs, all at once; after an exception some of them may be published and others not.</summary>
    /// <exception cref="BrokerUnavailableException">The broker is away or did not confirm in time.</exception>
    public Task PublishAsync(IReadOnlyCollection<OutgoingJob> jobs, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        var now = _time.GetUtcNow();
        return PublishMessagesAsync([.. jobs.Select(job => JobMessage.Of(job, now))], cancellation);
    }

    internal async Task PublishMessagesAsync(IReadOnlyList<JobMessage> messages, CancellationToken cancellation)
    {
        if (messages.Count == 0)
            return;
        var spans = JobTelemetry.StartPublishing(messages);
        try
        {
            var channel = await _link.GetAsync(_confirmTimeout, cancellation);
            await channel.PublishAsync(ToWire(messages, spans), _confirmTimeout, _time, cancellation);
            JobTelemetry.Published(messages);
        }
        finally
        {
            JobTelemetry.Stop(spans);
        }
    }

    /// <summary>A question to the broker over its own short-lived channel.</summary>
    internal async Task<T> AskAsync<T>(Func<IChannel, Task<T>> question, CancellationToken cancellation)
    {
        var session = await _link.GetAsync(_confirmTimeout, cancellation);
        await using var channel = await session.Connection.CreateChannelAsync(cancellationToken: cancellation);
        return await question(channel);
    }

    internal Task RunAsync(CancellationToken stopping) => _link.RunAsync(stopping);

    private static OutgoingMessage[] ToWire(IReadOnlyList<JobMessage> messages, Activity?[]? spans)
    {
        var wire = new OutgoingMessage[messages.Count];
        for (var i = 0; i < wire.Length; i++)
        {
            var message = spans?[i] is { Id: { } span } ? messages[i] with { TraceParent = span } : messages[i];
            wire[i] = new(message.Lane.Queue, JobMessageProperties.Of(message), message.Body);
        }

        return wire;
    }
}
