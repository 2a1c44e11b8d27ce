using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.Extensions.Options;
using Switchboard.Core.Redis.Limits;

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

/// <summary>Marks an endpoint that the policy <c>webhooks</c> limits, not <c>default</c>.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class WebhookLimitAttribute : Attribute;

internal static class LimitExtensions
{
    /// <summary>The limits of section <c>RateLimits</c>, counted in Redis.</summary>
    public static IServiceCollection AddRequestLimits(this IServiceCollection services)
    {
        services.AddOptions<RateLimitOptions>().BindConfiguration(RateLimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services.AddSwitchboardLimits().AddSingleton<RequestLimiter>();
    }

    /// <summary>
    /// Limits what is below <c>/api</c>, and <c>/health/performance</c>, which asks as much of the database, and says so on each answer
    /// (draft-ietf-httpapi-ratelimit-headers).
    /// </summary>
    public static IApplicationBuilder UseRequestLimits(this IApplicationBuilder app)
    {
        var limiter = app.ApplicationServices.GetRequiredService<RequestLimiter>();
        return app.UseWhen(
            context => context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
                || context.Request.Path.StartsWithSegments("/health/performance", StringComparison.OrdinalIgnoreCase),
            api => api.Use(async (context, next) =>
            {
                var policy = limiter.PolicyOf(context.GetEndpoint());
                var permit = await limiter.TakeAsync(policy, context);
                var headers = context.Response.Headers;
                headers["RateLimit-Policy"] = policy.Header;
                headers["RateLimit"] = string.Create(
                    CultureInfo.InvariantCulture, $"\"{policy.Name}\";r={permit.Remaining};t={Seconds(permit.ResetAfter)}");
                if (permit.IsAllowed)
                {
                    await next(context);
                    return;
                }

                headers.RetryAfter = Math.Max(1, Seconds(permit.RetryAfter)).ToString(CultureInfo.InvariantCulture);
                await Problems.For(StatusCodes.Status429TooManyRequests, $"More than {policy.Limit.Permits} requests.")
                    .ExecuteAsync(context);
            }));
    }

    private static int Seconds(TimeSpan time) => (int)Math.Ceiling(time.TotalSeconds);
}
