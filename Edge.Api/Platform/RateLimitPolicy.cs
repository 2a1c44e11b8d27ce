using Switchboard.Core.Redis.Limits;

namespace Switchboard.Edge.Api.Platform;

/// <summary>A limit with a name; <see cref="Header"/> is its <c>RateLimit-Policy</c>.</summary>
internal sealed record RateLimitPolicy(string Name, RateLimit Limit)
{
    /// <summary><c>"default";q=6000;w=60</c>.</summary>
    public string Header { get; } = FormattableString.Invariant($"\"{Name}\";q={Limit.Permits};w={(int)Limit.Window.TotalSeconds}");

    /// <summary>
    /// How many permits are fetched at once: one in a thousand of the limit, so that a busy key costs a round trip to Redis
    /// for some hundred requests, and a limit below a thousand stays exact.
    /// </summary>
    public int Block { get; } = Math.Max(1, Limit.Permits / 1000);

    /// <summary>Makes the policy from its options.</summary>
    public static RateLimitPolicy From(string name, RateLimitOptions.Policy options) =>
        new(name, new(options.Permits, TimeSpan.FromSeconds(options.WindowSeconds)));
}
