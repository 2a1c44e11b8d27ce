using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Switchboard.Core.Jobs;

/// <summary>
/// How many jobs of one user go before those of others. Who brings more at once is served all the same, but through a queue of lower
/// priority (<see cref="Beyond"/>): a queue is first come, first served, and a hundred thousand jobs of one user would hold up the next job
/// of everybody else. Where nobody else has anything to do, that queue has the worker to itself. Counted in each process by itself. What
/// is put off counts among what its user has put off to the same minute: it comes at once then.
/// </summary>
public sealed class UserShares(TimeProvider timeProvider)
{
    /// <summary>So many at once.</summary>
    public const int Burst = 300;

    /// <summary>And so many more a second.</summary>
    public const int PerSecond = 50;

    /// <summary>Where the rest goes.</summary>
    public const JobPriority Beyond = JobPriority.Low;

    // a user whose share is whole again needs no entry
    private const int SweepAbove = 10_000;

    // above it, whatever is put off goes behind until some minutes are over
    private const int MostMinutes = 100_000;

    private readonly ConcurrentDictionary<Guid, Share> _shares = new();
    private readonly ConcurrentDictionary<(Guid UserId, long Minute), int> _minutes = new();
    private long _sweptMinute;

    /// <summary>Takes one of the user's share, and says what the priority of a job becomes.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="priority">Its priority within the share.</param>
    public JobPriority Take(Guid userId, JobPriority priority)
    {
        if (priority >= Beyond)
            return priority;
        var now = timeProvider.GetTimestamp();
        if (_shares.Count > SweepAbove)
            Sweep(now);
        var share = _shares.AddOrUpdate(userId, _ => new(Burst - 1, now), (_, old) =>
        {
            var left = Left(old, now);
            return left >= 1 ? new(left - 1, now) : new(left, now) { IsSpent = true };
        });
        return share.IsSpent ? Beyond : priority;
    }

    /// <summary>Takes one of the user's share of the minute to which a job is put off.</summary>
    /// <param name="dueAt">When the job is due.</param>
    /// <param name="userId">The user.</param>
    /// <param name="priority">Its priority within the share.</param>
    public JobPriority TakeAt(DateTimeOffset dueAt, Guid userId, JobPriority priority)
    {
        if (priority >= Beyond)
            return priority;
        if (_minutes.Count >= MostMinutes && !SweepMinutes())
            return Beyond;
        var taken = _minutes.AddOrUpdate((userId, MinuteOf(dueAt)), 1, (_, before) => Math.Min(before + 1, Burst + 1));
        return taken > Burst ? Beyond : priority;
    }

    private static long MinuteOf(DateTimeOffset at) => at.UtcTicks / TimeSpan.TicksPerMinute;

    // whether there is room again; looked for once a minute, since only time makes any
    private bool SweepMinutes()
    {
        var now = MinuteOf(timeProvider.GetUtcNow());
        if (Interlocked.Exchange(ref _sweptMinute, now) == now)
            return false;
        foreach (var minute in _minutes.Keys.Where(minute => minute.Minute < now))
            _minutes.TryRemove(minute, out _);
        return _minutes.Count < MostMinutes;
    }

    private double Left(Share share, long now) =>
        Math.Min(Burst, share.Left + (timeProvider.GetElapsedTime(share.At, now).TotalSeconds * PerSecond));

    private void Sweep(long now)
    {
        foreach (var entry in _shares.Where(entry => Left(entry.Value, now) >= Burst))
            _shares.TryRemove(entry);
    }

    private readonly record struct Share(double Left, long At)
    {
        public bool IsSpent { get; init; }
    }
}

/// <summary>Registration of <see cref="UserShares"/>.</summary>
public static class UserSharesServices
{
    /// <summary>One for the process.</summary>
    public static IServiceCollection AddUserShares(this IServiceCollection services)
    {
        services.TryAddSingleton<UserShares>();
        return services;
    }
}
