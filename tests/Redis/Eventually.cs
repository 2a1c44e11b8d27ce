using System.Diagnostics;

namespace Switchboard.Tests.Redis;

/// <summary>Waits for what another process or server does and gives no signal of.</summary>
internal static class Eventually
{
    public static Task TrueAsync(Func<bool> condition) => TrueAsync(() => Task.FromResult(condition()));

    public static async Task<TimeSpan> TrueAsync(Func<Task<bool>> condition)
    {
        var begun = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!await condition())
        {
            Stopwatch.GetElapsedTime(begun).ShouldBeLessThan(TimeSpan.FromSeconds(60), "it did not become true");
            await timer.WaitForNextTickAsync();
        }

        return Stopwatch.GetElapsedTime(begun);
    }
}
