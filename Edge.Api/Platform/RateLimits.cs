using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Edge.Api.Platform;

/// <summary>
/// How many requests there may be; section <c>RateLimits</c>. Limits of users and keys hold over all processes, those of addresses (of
/// IPv4; of IPv6 a /64) for each. A request counts once for each 16 KiB of its body and once for each mail or item in it.
/// </summary>
internal sealed class RateLimitOptions
{
    public const string Section = "RateLimits";

    /// <summary>By user, for everything that has no other policy.</summary>
    [ValidateObjectMembers]
    public Policy Default { get; init; } = new() { Permits = 6_000 };

    /// <summary>By key, where it is less than the user's.</summary>
    [ValidateObjectMembers]
    public Policy Keys { get; init; } = new() { Permits = 6_000 };

    /// <summary>Mail that is handed in, by user; calls of providers, by address.</summary>
    [ValidateObjectMembers]
    public Policy Webhooks { get; init; } = new() { Permits = 300_000 };

    /// <summary>By address, before it is asked whose key a request carries.</summary>
    [ValidateObjectMembers]
    public Policy Addresses { get; init; } = new() { Permits = 1_200_000 };

    /// <summary>By address: what needs no key and is no webhook, such as health, metrics, the API's description and OAuth
    /// callbacks.</summary>
    [ValidateObjectMembers]
    public Policy Open { get; init; } = new() { Permits = 3_000 };

    /// <summary>
    /// By address: requests that were refused, with no key or without a right signature, and all with an unknown key. When they are used
    /// up, of this address only keys that are known to be good go on.
    /// </summary>
    [ValidateObjectMembers]
    public Policy Refused { get; init; } = new() { Permits = 600 };

    /// <summary>How many addresses a process remembers for each policy; above it, new ones share one limit.</summary>
    [Range(1, 10_000_000)]
    public int MaxAddresses { get; init; } = 100_000;

    /// <summary>So many requests in any span of so many seconds.</summary>
    internal sealed class Policy
    {
        [Range(1, 100_000_000)]
        public int Permits { get; init; }

        [Range(1, 86_400)]
        public int WindowSeconds { get; init; } = 60;
    }
}

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

    /// <summary>What it comes to.</summary>
    public double PerSecond => Limit.Permits / Limit.Window.TotalSeconds;

    /// <summary>Makes the policy from its options.</summary>
    public static RateLimitPolicy From(string name, RateLimitOptions.Policy options) =>
        new(name, new(options.Permits, TimeSpan.FromSeconds(options.WindowSeconds)));
}

/// <summary>Marks an endpoint that the policy <c>webhooks</c> limits, not <c>default</c>.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class WebhookLimitAttribute : Attribute;
