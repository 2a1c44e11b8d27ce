namespace Switchboard.Core.Redis.Limits;

/// <summary>
/// How long permits may be used before they are spent or given back, and how many are taken at once: pure decisions.
/// </summary>
internal static class LeasePlan
{
    private const int FirstBlock = 4;
    private const int SmallBlock = 8;

    /// <summary>
    /// How long Postgres counts a lease as usable: a 32nd of the window, as long as <see cref="SlidingWindow"/> counts grants together.
    /// </summary>
    public static TimeSpan Life(RateLimit limit) => limit.Window / SlidingWindow.Spans;

    /// <summary>
    /// How long it is used. The rest is for clocks that go at different speeds or are set: Redis's clock may be set back by an eighth
    /// of a lease's life (2.3 s for ten minutes) without more than the limit being granted.
    /// </summary>
    public static TimeSpan Use(RateLimit limit) => Life(limit) * 7 / 8;

    /// <summary>A lease with less time than this left is not given on: it would end before it is used.</summary>
    public static TimeSpan LeastUse(RateLimit limit) => Life(limit) / 8;

    /// <summary>The most permits that a process takes at once.</summary>
    public static int LargestBlock(RateLimit limit) =>
        Math.Max(limit.Permits / 32, Math.Max(1, Math.Min(SmallBlock, limit.Permits / 4)));

    /// <summary>The first block of a process.</summary>
    public static int First(RateLimit limit) => Math.Min(FirstBlock, LargestBlock(limit));

    /// <summary>
    /// The next block: twice the last, if that was used up in the first half of its time; half of it, if more than half was left.
    /// </summary>
    /// <param name="limit">The limit.</param>
    /// <param name="size">The size of the last block, as it was asked for.</param>
    /// <param name="granted">How many it had.</param>
    /// <param name="unspent">How many of them were left.</param>
    /// <param name="after">For how long it was used.</param>
    public static int Next(RateLimit limit, int size, int granted, int unspent, TimeSpan after) =>
        unspent * 2 > granted ? Math.Max(1, size / 2)
        : unspent == 0 && after < Use(limit) / 2 ? Math.Min(size * 2, LargestBlock(limit))
        : size;

    /// <summary>
    /// How many are asked of Postgres when Redis has none left: for the next blocks of all processes too, but never so many that
    /// losing them with Redis would cost more than an eighth of a window.
    /// </summary>
    public static int Chunk(RateLimit limit, int block) =>
        Math.Max(block, Math.Min(Math.Max(block * 4, FirstBlock * 4), limit.Permits / 8));
}
