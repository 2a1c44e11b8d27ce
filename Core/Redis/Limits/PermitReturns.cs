using Microsoft.Extensions.Hosting;

namespace Switchboard.Core.Redis.Limits;

/// <summary>Gives back what was not used: each second what ended, and everything when the process stops.</summary>
internal sealed class PermitReturns(LayeredLimiter limiter, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await limiter.GiveBackAsync(all: true, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await limiter.GiveBackAsync(all: false, stoppingToken);
    }
}
