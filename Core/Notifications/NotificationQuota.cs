using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Core.Notifications;

/// <summary>How many notifications a user may have made on one day of UTC; section <c>Quotas</c>, the same in every process.</summary>
public sealed class NotificationQuotaOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Quotas";

    /// <summary>By whatever makes them: programs, rules, reminders.</summary>
    [Range(1, 100_000_000)]
    public int NotificationsPerDay { get; init; } = 200_000;
}

/// <summary>
/// The notifications of a user and day, counted by the limiter that all processes share (without Redis each counts for itself). What a
/// program asks for above it is refused; what a rule or a reminder leads to is made and failed, so that it is seen and can be sent later.
/// What tells the owner of a mailbox that it was connected is not counted: nobody can keep it from them by using the quota up.
/// </summary>
public sealed class NotificationQuota(SlidingWindowLimiter limiter, IOptions<NotificationQuotaOptions> options, TimeProvider timeProvider)
{
    // a ten-thousandth of the quota is taken ahead, so that Redis is not asked for each mail; what a process that ends had taken is gone
    private const int PartAhead = 10_000;

    // whoever of many more users is remembered for the rest of the day costs more memory than calls
    private const int MostUsersAhead = 10_000;

    // what was reserved and not needed, for the next who reserves on the same day
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, int> _unused = [];
    private DateTime _unusedOn;

    /// <summary>How many there are a day.</summary>
    public int PerDay => options.Value.NotificationsPerDay;

    /// <summary>Why those above it are not sent, for their user.</summary>
    public string Reason => string.Create(
        CultureInfo.InvariantCulture,
        $"The {PerDay} notifications that a user has a day were used up. It was not sent; it can be retried on another day.");

    /// <summary>Takes as many of a user's as are left of this day, at most so many as are wanted.</summary>
    public Task<int> TakeAsync(Guid userId, int wanted, CancellationToken cancellationToken) =>
        limiter.TakeOfDayAsync("Notifications", userId, PerDay, wanted, cancellationToken);

    /// <summary>Takes as many of a user's as are wanted, or none where fewer are left of this day.</summary>
    public async Task<bool> TakeAllAsync(Guid userId, int wanted, CancellationToken cancellationToken)
    {
        var taken = await TakeAsync(userId, wanted, ahead: 0, cancellationToken);
        if (taken < wanted && taken > 0)
            Return(userId, taken);
        return taken == wanted;
    }

    /// <summary>Whether anything is left of this day.</summary>
    public async Task<bool> HasAnyAsync(Guid userId, CancellationToken cancellationToken)
    {
        if (!await TakeAllAsync(userId, 1, cancellationToken))
            return false;
        Return(userId, 1);
        return true;
    }

    /// <summary>
    /// Sets aside what a transaction may make, before it begins: nothing is asked of Redis while a connection to Postgres is held. What it
    /// does not make, such as a mail that came again, counts for the next reservation of this process, and so does a ten-thousandth of the
    /// quota that is taken ahead.
    /// </summary>
    /// <param name="wanted">How many notifications of which users there may be; a user may be named more than once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<NotificationGrant> ReserveAsync(IEnumerable<(Guid UserId, int Count)> wanted, CancellationToken cancellationToken)
    {
        var users = wanted.GroupBy(one => one.UserId, one => one.Count).Select(user => (Id: user.Key, Count: user.Sum())).Where(user => user.Count > 0);
        var ahead = Ahead();
        return new(this, await Task.WhenAll(users.Select(async user =>
        {
            var granted = await TakeAsync(user.Id, user.Count, ahead, cancellationToken);
            return (user.Id, granted, granted < user.Count);
        })));
    }

    // what is unused first; only where that is not enough the limiter is asked, for some more that are unused then
    private async Task<int> TakeAsync(Guid userId, int wanted, int ahead, CancellationToken cancellationToken)
    {
        var taken = TakeUnused(userId, wanted);
        if (taken < wanted)
            taken += await TakeAsync(userId, wanted - taken + ahead, cancellationToken);
        if (taken > wanted)
            Return(userId, taken - wanted);
        return Math.Min(taken, wanted);
    }

    private int Ahead()
    {
        lock (_lock)
            return _unused.Count < MostUsersAhead ? PerDay / PartAhead : 0;
    }

    internal void Return(Guid userId, int count)
    {
        lock (_lock)
        {
            ForgetYesterday();
            _unused[userId] = _unused.GetValueOrDefault(userId) + count;
        }
    }

    private int TakeUnused(Guid userId, int wanted)
    {
        lock (_lock)
        {
            ForgetYesterday();
            if (!_unused.Remove(userId, out var unused))
                return 0;
            if (unused > wanted)
                _unused[userId] = unused - wanted;
            return Math.Min(unused, wanted);
        }
    }

    private void ForgetYesterday()
    {
        var today = timeProvider.GetUtcNow().UtcDateTime.Date;
        if (_unusedOn == today)
            return;
        _unused.Clear();
        _unusedOn = today;
    }
}

/// <summary>What of their quotas the users of one transaction have for it. Not for several threads at once.</summary>
public sealed class NotificationGrant : IDisposable
{
    private readonly NotificationQuota _quota;
    private readonly Dictionary<Guid, (int Left, bool IsCut)> _users;

    internal NotificationGrant(NotificationQuota quota, IEnumerable<(Guid UserId, int Granted, bool IsCut)> users) =>
        (_quota, _users) = (quota, users.ToDictionary(user => user.UserId, user => (user.Granted, user.IsCut)));

    /// <summary>Takes one. Only whose quota was not enough for what was reserved gets none in the end.</summary>
    internal bool TryTake(Guid userId)
    {
        if (!_users.TryGetValue(userId, out var user))
            return true;
        if (user.Left == 0)
            return !user.IsCut;
        _users[userId] = user with { Left = user.Left - 1 };
        return true;
    }

    /// <summary>What was not taken is there for others.</summary>
    public void Dispose()
    {
        foreach (var (userId, (left, _)) in _users)
            if (left > 0)
                _quota.Return(userId, left);
        _users.Clear();
    }
}
