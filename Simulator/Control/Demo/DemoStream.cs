using System.Threading.Channels;

namespace Switchboard.Simulator.Control;

/// <summary>Lets something come again and again, evenly spread.</summary>
/// <param name="perMinute">How many come a minute at first.</param>
/// <param name="first">How long after the start the first one comes.</param>
/// <param name="timeProvider">The clock.</param>
internal abstract class DemoStream(double perMinute, TimeSpan first, TimeProvider timeProvider) : BackgroundService
{
    private readonly Channel<bool> _changed =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private double _perMinute = perMinute;

    /// <summary>How many come a minute; a change takes effect at once.</summary>
    public double PerMinute
    {
        get => Volatile.Read(ref _perMinute);
        set
        {
            Volatile.Write(ref _perMinute, value);
            _changed.Writer.TryWrite(true);
        }
    }

    /// <summary>Lets one come.</summary>
    /// <param name="number">Its index, from 0.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    protected abstract Task SendAsync(int number, CancellationToken cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = PerMinute == 0 ? Timeout.InfiniteTimeSpan : first;
        for (var number = 0; ;)
        {
            if (!await ChangedWithinAsync(wait, stoppingToken))
            {
                await SendAsync(number++, stoppingToken);
            }

            var now = PerMinute;
            wait = now == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMinutes(1) / now;
        }
    }

    private async Task<bool> ChangedWithinAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        try
        {
            await _changed.Reader.WaitToReadAsync(cancellationToken).AsTask().WaitAsync(wait, timeProvider, cancellationToken);
            return _changed.Reader.TryRead(out _);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
