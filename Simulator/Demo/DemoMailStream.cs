using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Gmail;

namespace Switchboard.Simulator.Demo;

/// <summary>Lets mails come to demo@example.com, evenly spread, the first a few seconds after the start.</summary>
internal sealed class DemoMailStream(Inbox inbox, IOptions<DemoMailOptions> options, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(3);
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile int _perMinute = options.Value.PerMinute;

    /// <summary>How many come a minute; a change takes effect at once.</summary>
    public int PerMinute
    {
        get => _perMinute;
        set
        {
            _perMinute = value;
            _changed.Writer.TryWrite(true);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = PerMinute == 0 ? Timeout.InfiniteTimeSpan : First;
        for (var number = 0; ;)
        {
            if (!await ChangedWithinAsync(wait, stoppingToken))
            {
                inbox.Receive([DemoMails.Make(number++, Random.Shared)]);
            }

            var perMinute = PerMinute;
            wait = perMinute == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMinutes(1) / perMinute;
        }
    }

    private async Task<bool> ChangedWithinAsync(TimeSpan wait, CancellationToken stopping)
    {
        try
        {
            await _changed.Reader.WaitToReadAsync(stopping).AsTask().WaitAsync(wait, time, stopping);
            return _changed.Reader.TryRead(out _);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
