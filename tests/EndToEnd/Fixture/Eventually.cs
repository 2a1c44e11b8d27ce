using System.Diagnostics;

namespace Switchboard.Tests.EndToEnd.Fixture;

/// <summary>Waits for what the API will show: asks again and again until it is so, and says what it saw when it never was.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    public static async Task<T> SeesAsync<T>(Func<Task<T>> ask, Func<T, bool> isSo, string what, TimeSpan? within = null)
    {
        var limit = within ?? TimeSpan.FromSeconds(90);
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(Interval);
        while (true)
        {
            var seen = await ask();
            if (isSo(seen))
                return seen;
            if (watch.Elapsed > limit)
                throw new TimeoutException($"Within {limit.TotalSeconds:0.#} s there should be {what}; the last seen was: {seen}");
            await timer.WaitForNextTickAsync();
        }
    }
}
