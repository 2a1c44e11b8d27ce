using System.Globalization;
using Switchboard.Load.Running;

namespace Switchboard.Load.Email;

/// <summary>
/// Waits until everything is delivered, then reads the notifications from the product and the messages from the provider.
/// </summary>
internal sealed class DeliveryCheck(
    ApiClient edge, ApiClient simulator, IReadOnlyList<LoadUser> users, RunToken token, TimeSpan patience, TimeProvider timeProvider)
{
    private const int MaxParallel = 4;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits until the expected number is delivered, or nothing has changed within the patience.</summary>
    public async Task<long> WaitAsync(long expected, Action<double> progress, CancellationToken cancellationToken)
    {
        var (delivered, movedAt) = (0L, timeProvider.GetTimestamp());
        var before = await MessagesAsync(cancellationToken);
        while (true)
        {
            // a cheap count at the simulator each time; the summaries of all users only when that no longer changes
            var now = await MessagesAsync(cancellationToken);
            if (now == before)
            {
                var counted = await DeliveredAsync(cancellationToken);
                progress(counted);
                if (counted >= expected || (counted == delivered && timeProvider.GetElapsedTime(movedAt) > patience))
                {
                    return counted;
                }

                movedAt = counted == delivered ? movedAt : timeProvider.GetTimestamp();
                delivered = counted;
            }
            else
            {
                (before, movedAt) = (now, timeProvider.GetTimestamp());
            }

            await Task.Delay(Interval, timeProvider, cancellationToken);
        }
    }

    /// <summary>Reads every user's notifications, page by page.</summary>
    public async Task ReadListsAsync(DeliveryComparison comparison, CancellationToken cancellationToken) =>
        await ForEachUserAsync(async (user, loopToken) =>
        {
            string? cursor = null;
            do
            {
                var path = $"/api/notifications?limit=100{(cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}";
                var page = await edge.GetAsync(path, user.Key, EmailJson.Default.NotificationPage, loopToken);
                lock (comparison)
                {
                    foreach (var item in page.Items)
                    {
                        if (NotificationKey.Read(item.Body, token) is { } key)
                        {
                            comparison.AddListed(key, item.DeliveryStatus, item.SentAt, item.DeliveredAt);
                        }
                    }
                }

                cursor = page.NextCursor;
            }
            while (cursor is not null);
        }, cancellationToken);

    /// <summary>Reads what the provider was sent since the load began.</summary>
    public async Task ReadProviderAsync(DeliveryComparison comparison, DateTimeOffset since, CancellationToken cancellationToken)
    {
        string? cursor = since.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        while (cursor is not null)
        {
            var page = await simulator.GetAsync(
                $"/_sim/whatsapp/messages?limit=10000&since={Uri.EscapeDataString(cursor)}",
                null,
                EmailJson.Default.SimulatorPage,
                cancellationToken);
            foreach (var item in page.Items)
            {
                if (NotificationKey.Read(item.Body, token) is { } key)
                {
                    comparison.AddSent(key);
                }
            }

            cursor = page.NextCursor;
        }
    }

    private async Task<long> MessagesAsync(CancellationToken cancellationToken) =>
        (await simulator.GetAsync("/_sim/whatsapp/messages/count", null, EmailJson.Default.SimulatorCount, cancellationToken)).Count;

    private async Task<long> DeliveredAsync(CancellationToken cancellationToken)
    {
        var delivered = 0L;
        await ForEachUserAsync(
            async (user, loopToken) => Interlocked.Add(
                ref delivered,
                (await edge.GetAsync("/api/notifications/summary", user.Key, EmailJson.Default.Summary, loopToken)).Delivered),
            cancellationToken);
        return delivered;
    }

    private Task ForEachUserAsync(Func<LoadUser, CancellationToken, Task> read, CancellationToken cancellationToken)
    {
        var parallelOptions = new ParallelOptions { MaxDegreeOfParallelism = MaxParallel, CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(users, parallelOptions, async (user, loopToken) => await read(user, loopToken));
    }
}

internal sealed record Summary(long Total, long Delivered, long Failed);

internal sealed record NotificationPage(IReadOnlyList<NotificationItem> Items, string? NextCursor);

internal sealed record NotificationItem(string Body, string DeliveryStatus, DateTimeOffset? SentAt, DateTimeOffset? DeliveredAt);

internal sealed record SimulatorPage(IReadOnlyList<SimulatorItem> Items, string? NextCursor);

internal sealed record SimulatorItem(string Body);

internal sealed record SimulatorCount(long Count);
