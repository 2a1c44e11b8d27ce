using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Tests.CompetingProcess;

/// <summary>
/// Takes permits or slots and remembers when. Times are those of the machine's monotonic clock, so processes can be compared.
/// </summary>
internal sealed class LimitLoad(IServiceProvider services, string key, int limit, TimeSpan window, int pauseMs)
{
    private readonly LayeredLimiter _permits = services.GetRequiredService<LayeredLimiter>();
    private readonly ConcurrencyLimiter _slots = services.GetRequiredService<ConcurrencyLimiter>();
    private readonly ConcurrentQueue<(long From, long To, LimitLayer By)> _taken = new();
    private readonly ConcurrentQueue<double> _micros = new();
    private LayeredLimitCounts _before = new(0, 0, 0, 0, 0);

    public async Task WarmUpAsync()
    {
        for (var i = 0; i < 50; i++)
            await _permits.AcquireAsync("warm", new(1_000_000, TimeSpan.FromMinutes(1)), 1, localBudget: i % 2 == 0, default);
        await using (await _slots.AcquireAsync($"warm-{Environment.ProcessId}", 4, default))
            _before = _permits.Statistics.Read();
    }

    public async Task TakePermitsAsync(CancellationToken over)
    {
        var rate = new RateLimit(limit, window);
        while (!over.IsCancellationRequested)
        {
            var from = Stopwatch.GetTimestamp();
            var check = await _permits.AcquireAsync(key, rate, 1, localBudget: true, default);
            var to = Stopwatch.GetTimestamp();
            _micros.Enqueue(Stopwatch.GetElapsedTime(from, to).TotalMicroseconds);
            if (check.IsAllowed)
                _taken.Enqueue((from, to, check.AnsweredBy));
            if (!check.IsAllowed)
                await Task.Delay(Math.Clamp((int)check.RetryAfter.TotalMilliseconds, 1, 50), CancellationToken.None);
            else if (pauseMs > 0)
                await Task.Delay(Random.Shared.Next(pauseMs * 2), CancellationToken.None);
        }
    }

    public async Task TakeSlotsAsync(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            if (await _slots.TryAcquireAsync(key, limit, default) is not { } slot)
            {
                await Task.Delay(Random.Shared.Next(1, 20), CancellationToken.None);
                continue;
            }

            await using (slot)
            {
                var from = Stopwatch.GetTimestamp();
                await Task.Delay(Random.Shared.Next(1, Math.Max(2, pauseMs * 2)), slot.Lost).ContinueWith(_ => { }, TaskScheduler.Default);
                _taken.Enqueue((from, Stopwatch.GetTimestamp(), slot.AnsweredBy));
            }
        }
    }

    public async Task WriteAsync(TextWriter output)
    {
        foreach (var (from, to, by) in _taken)
            await output.WriteLineAsync($"{from} {to} {by}");
        var counts = _permits.Statistics.Read();
        var sorted = _micros.Order().ToArray();
        var median = sorted.Length == 0 ? 0 : sorted[sorted.Length / 2];
        await output.WriteLineAsync(
            $"counts {counts.Checks - _before.Checks} {counts.Local - _before.Local} {counts.Refused - _before.Refused} {median:F0}");
    }
}
