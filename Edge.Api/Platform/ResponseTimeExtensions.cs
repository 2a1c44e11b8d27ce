using System.Globalization;

namespace Switchboard.Edge.Api.Platform;

internal static class ResponseTimeExtensions
{
    /// <summary>Says on every answer how long it took to make: <c>X-Response-Time: 1.23ms</c>.</summary>
    public static IApplicationBuilder UseResponseTime(this IApplicationBuilder app)
    {
        var clock = app.ApplicationServices.GetRequiredService<TimeProvider>();
        return app.Use((context, next) =>
        {
            var started = clock.GetTimestamp();
            context.Response.OnStarting(() =>
            {
                var elapsed = clock.GetElapsedTime(started).TotalMilliseconds;
                context.Response.Headers["X-Response-Time"] = elapsed.ToString("0.00", CultureInfo.InvariantCulture) + "ms";
                return Task.CompletedTask;
            });
            return next(context);
        });
    }
}
