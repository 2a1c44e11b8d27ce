using Switchboard.Load.Api;
using Switchboard.Load.Driving;

namespace Switchboard.Load.Email;

/// <summary>Waits until everything is delivered, then reads what came, from the product and from the provider.</summary>
internal sealed class DeliveryCheck(ApiClient edge, ApiClient simulator, IReadOnlyList<LoadUser> users, RunToken token, TimeSpan patience, TimeProvider time)
{
    private const int AtOnce = 4;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits until so many are delivered, or nothing has moved for as long as one is patient.</summary>
    public async Task<long> WaitAsync(long expected, Action<double> progress, CancellationToken cancellation)
    {
        var (delivered, movedAt) = (0L, time.GetTimestamp());
        var before = await MessagesAsync(cancellation);
        while (true)
        {
            // one cheap question to the simulator each time, and only when it has nothing more to say all users' summaries
            var now = await MessagesAsync(cancellation);
            if (now == before)
            {
                var counted = await DeliveredAsync(cancellation);
                progress(counted);
                if (counted >= expected || (counted == delivered && time.GetElapsedTime(movedAt) > patience))
                {
                    return counted;
                }

                movedAt = counted == delivered ? movedAt : time.GetTimestamp();
                delivered = counted;
            }
            else
            {
                (before, movedAt) = (now, time.GetTimestamp());
            }

            await Task.Delay(Interval, time, cancellation);
        }
    }

    /// <summary>Reads every user's notifications, page by page.</summary>
    public async Task ReadListsAsync(DeliveryLedger ledger, CancellationToken cancellation) =>
        await ForEachUserAsync(async (user, ct) =>
        {
            string? cursor = null;
            do
            {
                var path = $"/api/notifications?limit=100{(cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}";
                var page = await edge.GetAsync(path, user.Key, EmailJson.Default.NotificationPage, ct);
                lock (ledger)
                {
                    foreach (var item in page.Items)
                    {
                        if (NotificationKey.Read(item.Body, token) is { } key)
                        {
                            ledger.NoteListed(key, item.DeliveryStatus, item.DeliveredAt);
                        }
                    }
                }

                cursor = page.NextCursor;
            }
            while (cursor is not null);
        }, cancellation);

    /// <summary>Reads what the provider was sent since the load began.</summary>
    public async Task ReadProviderAsync(DeliveryLedger ledger, DateTimeOffset since, CancellationToken cancellation)
    {
        string? cursor = since.UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        while (cursor is not null)
        {
            var page = await simulator.GetAsync(
                $"/_sim/whatsapp/messages?limit=10000&since={Uri.EscapeDataString(cursor)}", null, EmailJson.Default.SimulatorPage, cancellation);
            foreach (var item in page.Items)
            {
                if (NotificationKey.Read(item.Body, token) is { } key)
                {
                    ledger.NoteSent(key);
                }
            }

            cursor = page.NextCursor;
        }
    }

    private async Task<long> MessagesAsync(CancellationToken cancellation) =>
        (await simulator.GetAsync("/_sim/whatsapp/messages/count", null, EmailJson.Default.SimulatorCount, cancellation)).Count;

    private async Task<long> DeliveredAsync(CancellationToken cancellation)
    {
        var delivered = 0L;
        await ForEachUserAsync(
            async (user, ct) => Interlocked.Add(
                ref delivered, (await edge.GetAsync("/api/notifications/summary", user.Key, EmailJson.Default.Summary, ct)).Delivered),
            cancellation);
        return delivered;
    }

    private Task ForEachUserAsync(Func<LoadUser, CancellationToken, Task> read, CancellationToken cancellation) => Parallel.ForEachAsync(
        users,
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
        async (user, ct) => await read(user, ct));
}
