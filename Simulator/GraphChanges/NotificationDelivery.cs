using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Graph;

namespace Switchboard.Simulator.GraphChanges;

/// <summary>
/// Tells of changes: to each address by a lane of its own, so that one that fails holds up no other. What changes within a few
/// milliseconds goes together. An answer of 5xx, or none, is asked again with backoff up to four hours; any other that is not 2xx is final.
/// </summary>
internal sealed class NotificationDelivery(
    Subscriptions subscriptions, NotificationClient client, IOptions<GraphOptions> options, TimeProvider time, ILogger<NotificationDelivery> log)
    : BackgroundService
{
    private readonly ConcurrentDictionary<string, NotificationLane> _lanes = new();
    private readonly Channel<NotificationLane> _opened = Channel.CreateUnbounded<NotificationLane>();

    public void Tell(Notification notification)
    {
        var address = notification.Address.OriginalString;
        if (!_lanes.TryGetValue(address, out var lane))
        {
            var opened = new NotificationLane(notification.Address, subscriptions, client, options.Value, time, log);
            lane = _lanes.GetOrAdd(address, opened);
            if (lane == opened)
            {
                _opened.Writer.TryWrite(lane);
            }
        }

        lane.Add(notification);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        List<Task> lanes = [];
        try
        {
            await foreach (var lane in _opened.Reader.ReadAllAsync(stoppingToken))
            {
                lanes.Add(lane.RunAsync(stoppingToken));
            }
        }
        finally
        {
            await Task.WhenAll(lanes);
        }
    }
}
