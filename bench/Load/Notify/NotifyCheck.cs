using System.Globalization;
using Switchboard.Load.Running;

namespace Switchboard.Load.Notify;

/// <summary>What became of a call.</summary>
internal sealed record NotifyOutcome(
    IReadOnlyDictionary<string, long> Counts, DateTimeOffset? PlannedAt, long Lost, long Duplicated, long Unexpected);

/// <summary>Waits until everything is delivered, then reads what each recipient got, from the product and from the providers.</summary>
internal sealed class NotifyCheck(ApiClient edge, ApiClient simulator, LoadUser user, NotifyOptions options, TimeProvider timeProvider)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    // how far a message is that its provider tells nothing more of
    private static readonly string[] Arrived = ["delivered", "read"];

    /// <summary>Waits until so many are through, or nothing has changed within the patience.</summary>
    /// <returns>When the last one was.</returns>
    public async Task<DateTimeOffset> WaitAsync(long expected, Action<double> report, CancellationToken cancellationToken)
    {
        var (through, at) = (0L, timeProvider.GetUtcNow());
        while (true)
        {
            var counts = await edge.GetAsync("/api/analytics/notifications", user.Key, NotifyJson.Default.ChannelCounts, cancellationToken);
            // nobody tells of the delivery of a mail
            var now = counts.Items.Sum(item => (item.Channel == "email" ? item.Sent : item.Delivered) + item.Failed);
            if (now != through)
                (through, at) = (now, timeProvider.GetUtcNow());
            report(through);
            if (through >= expected || timeProvider.GetUtcNow() - at > options.Patience)
                return at;
            await Task.Delay(Interval, timeProvider, cancellationToken);
        }
    }

    /// <summary>Reads it all.</summary>
    public async Task<NotifyOutcome> ReadAsync(
        Guid requestId, string text, DateTimeOffset since, Followers followers, CancellationToken cancellationToken)
    {
        var (lost, unexpected) = (0L, 0L);
        NotifyPage? first = null;
        var seen = new HashSet<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await edge.GetAsync(
                $"/api/notify/{requestId}?limit=100{(cursor.Length == 0 ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}", user.Key,
                NotifyJson.Default.NotifyPage, cancellationToken);
            first ??= page;
            foreach (var recipient in page.Recipients)
            {
                seen.Add(recipient.Recipient);
                var wants = Followers.WantsSms(NumberOf(recipient.Recipient));
                lost += options.Channels.Count(channel => (channel != "sms" || wants) && !recipient.Deliveries.Any(one => HasArrived(one, channel)));
                unexpected += recipient.Deliveries.Count(one => one.Channel == "sms" && !wants && one.State != "skipped");
            }

            cursor = page.NextCursor;
        }

        lost += (options.Recipients - seen.Count) * options.Channels.Count;
        var duplicated = 0L;
        foreach (var provider in options.Channels.Where(channel => channel is "whatsapp" or "sms"))
        {
            var sent = await SentAsync(provider == "sms" ? "twilio" : provider, text, since, followers, cancellationToken);
            duplicated += sent.Values.Sum(times => times - 1L);
        }

        return new(first!.Counts ?? new Dictionary<string, long>(), first.PlannedAt, lost, duplicated, unexpected);
    }

    private async Task<Dictionary<int, int>> SentAsync(
        string provider, string text, DateTimeOffset since, Followers followers, CancellationToken cancellationToken)
    {
        var times = new Dictionary<int, int>();
        for (string? cursor = since.UtcDateTime.ToString("O", CultureInfo.InvariantCulture); cursor is not null;)
        {
            var page = await simulator.GetAsync(
                $"/_sim/{provider}/messages?limit=10000&q={Uri.EscapeDataString(text)}&since={Uri.EscapeDataString(cursor)}", null,
                NotifyJson.Default.SentPage, cancellationToken);
            foreach (var message in page.Items)
            {
                if (followers.ByPhone.TryGetValue("+" + message.To.TrimStart('+'), out var number))
                    times[number] = times.GetValueOrDefault(number) + 1;
            }

            cursor = page.NextCursor;
        }

        return times;
    }

    private static bool HasArrived(DeliveryItem delivery, string channel) =>
        delivery.Channel == channel && (Arrived.Contains(delivery.State) || (channel == "email" && delivery.State == "sent"));

    private static int NumberOf(string recipient) => int.Parse(recipient.AsSpan(recipient.IndexOf('-') + 1), CultureInfo.InvariantCulture);
}

internal sealed record ChannelCounts(IReadOnlyList<ChannelCount> Items);

internal sealed record ChannelCount(string Channel, long Sent, long Delivered, long Failed);

internal sealed record NotifyPage(
    DateTimeOffset? PlannedAt, IReadOnlyDictionary<string, long>? Counts, IReadOnlyList<RecipientItem> Recipients, string? NextCursor);

internal sealed record RecipientItem(string Recipient, IReadOnlyList<DeliveryItem> Deliveries);

internal sealed record DeliveryItem(string? Channel, string State);

internal sealed record SentPage(IReadOnlyList<SentItem> Items, string? NextCursor);

internal sealed record SentItem(string To);
