using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Switchboard.Edge.Api.Platform;

/// <summary>How many requests a key may send; section <c>RateLimits</c>.</summary>
internal sealed class RateLimitOptions
{
    public const string Section = "RateLimits";

    /// <summary>For everything below <c>/api</c> that has no policy of its own.</summary>
    [ValidateObjectMembers]
    public Policy Default { get; init; } = new() { Permits = 6_000 };

    /// <summary>For webhooks.</summary>
    [ValidateObjectMembers]
    public Policy Webhooks { get; init; } = new() { Permits = 300_000 };

    /// <summary>So many requests in any span of so many seconds.</summary>
    internal sealed class Policy
    {
        [Range(1, 100_000_000)]
        public int Permits { get; init; }

        [Range(1, 86_400)]
        public int WindowSeconds { get; init; } = 60;
    }
}
