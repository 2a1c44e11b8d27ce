using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.Extensions.Options;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Edge.Api.Operations.Performance;

/// <summary>When a request is slow; section <c>Performance</c>.</summary>
internal sealed class PerformanceOptions
{
    public const string Section = "Performance";

    /// <summary>A request whose answer begins later is logged, and kept with its checkpoints.</summary>
    [Range(1, 600_000)]
    public int SlowRequestMilliseconds { get; init; } = 1_000;
}

/// <summary>A request that was slow.</summary>
/// <param name="At">When it was answered.</param>
/// <param name="Route">Its method and route, without values.</param>
/// <param name="Status">What it was answered.</param>
/// <param name="Milliseconds">How long it took until its answer began.</param>
/// <param name="Checkpoints">Where the time went: measured queries, and when the answer began.</param>
internal sealed record SlowRequest(
    DateTimeOffset At, string Route, int Status, double Milliseconds, IReadOnlyList<Checkpoint> Checkpoints);

/// <summary>The slow requests of a process.</summary>
/// <param name="Count">How many since it started.</param>
/// <param name="Latest">The latest, the last one first.</param>
internal sealed record SlowRequestStats(long Count, IReadOnlyList<SlowRequest> Latest) : IStats
{
    public static string Section => "slow-requests";
}

/// <summary>
/// Follows each request, and logs and keeps those that were slow: until their answer began. How long a stream or a large answer takes from
/// there on is for who reads it to say.
/// </summary>
internal sealed partial class SlowRequests(IOptions<PerformanceOptions> options, TimeProvider timeProvider, ILogger<SlowRequests> logger)
{
    private const int Kept = 20;

    private readonly TimeSpan _slow = TimeSpan.FromMilliseconds(options.Value.SlowRequestMilliseconds);
    private readonly LatestOf<SlowRequest> _latest = new(Kept);

    public async Task FollowAsync(HttpContext context, RequestDelegate next)
    {
        var trail = OperationTrail.Begin(timeProvider);
        TimeSpan? began = null;
        context.Response.OnStarting(() =>
        {
            began = trail.Mark("answer begins");
            return Task.CompletedTask;
        });
        try
        {
            await next(context);
        }
        finally
        {
            if ((began ?? trail.Elapsed) is var took && took > _slow)
                Keep(context, took, trail.Read());
        }
    }

    public SlowRequestStats Read()
    {
        var (count, latest) = _latest.Read();
        return new(count, latest);
    }

    private void Keep(HttpContext context, TimeSpan took, IReadOnlyList<Checkpoint> checkpoints)
    {
        var milliseconds = Math.Round(took.TotalMilliseconds, 1);
        var pattern = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        var route = pattern is null ? $"{context.Request.Method} (no route)" : $"{context.Request.Method} /{pattern.TrimStart('/')}";
        _latest.Add(new(timeProvider.GetUtcNow(), route, context.Response.StatusCode, milliseconds, checkpoints));
        var trail = string.Join(", ", checkpoints.Select(
            checkpoint => string.Create(
                CultureInfo.InvariantCulture, $"{checkpoint.Name} at {checkpoint.AtMs} ms for {checkpoint.TookMs} ms")));
        Log.Slow(logger, route, milliseconds, context.Response.StatusCode, trail);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Route} took {Milliseconds} ms and was answered {Status}. {Checkpoints}")]
        public static partial void Slow(ILogger logger, string route, double milliseconds, int status, string checkpoints);
    }
}

internal static class SlowRequestServices
{
    public static IServiceCollection AddSlowRequests(this IServiceCollection services)
    {
        services.AddOptions<PerformanceOptions>().BindConfiguration(PerformanceOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services.AddSingleton<SlowRequests>()
            .AddReportSection<SlowRequestStats>(provider => provider.GetRequiredService<SlowRequests>().Read);
    }

    /// <summary>Follows requests. To come after routing, before what does their work.</summary>
    public static void UseSlowRequests(this WebApplication app)
    {
        var requests = app.Services.GetRequiredService<SlowRequests>();
        app.Use(requests.FollowAsync);
    }
}
