using System.Diagnostics;

namespace Switchboard.Tests.Jobs;

/// <summary>For what can only be seen by looking again.</summary>
internal static class Eventually
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(10);

    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            clock.Elapsed.ShouldBeLessThan(_patience);
            await Task.Delay(_pause);
        }
    }
}
