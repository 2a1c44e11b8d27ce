using System.Globalization;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Edge.Api.Platform;

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
                await Problems.For(StatusCodes.Status429TooManyRequests, $"More than {policy.Limit.Permits} requests.").ExecuteAsync(context);
            }));
    }

    private static int Seconds(TimeSpan time) => (int)Math.Ceiling(time.TotalSeconds);
}
