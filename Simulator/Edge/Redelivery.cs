namespace Switchboard.Simulator.Edge;

/// <summary>When a webhook that was not accepted goes out again.</summary>
internal static class Redelivery
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>100 ms after the first failure, twice that after each further one, 5 s at the most.</summary>
    /// <param name="failures">How often it failed, from 1.</param>
    public static TimeSpan After(int failures)
    {
        var delay = First * Math.Pow(2, Math.Min(failures, 16) - 1);
        return delay < Longest ? delay : Longest;
    }
}
