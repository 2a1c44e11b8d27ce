using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Switchboard.Core.Jobs;

/// <summary>
/// How many jobs of one user go before those of others. Who brings more at once is served all the same, but through a queue of lower
/// priority (<see cref="Beyond"/>): a queue is first come, first served, and a hundred thousand jobs of one user would hold up the next job
/// of everybody else. Where nobody else has anything to do, that queue has the worker to itself. Counted in each process by itself.
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

    private readonly ConcurrentDictionary<Guid, Share> _shares = new();

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
