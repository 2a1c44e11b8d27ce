using Switchboard.Load.Reporting;

namespace Switchboard.Load.Email;

/// <summary>Compares the expected notifications with those in the product's lists and the messages at the provider.</summary>
/// <param name="expected">What each mail should lead to.</param>
/// <param name="accepted">When each accepted mail was to be sent.</param>
internal sealed class DeliveryComparison(ExpectedNotifications expected, IReadOnlyDictionary<long, DateTimeOffset> accepted)
{
    private readonly Dictionary<NotificationKey, Entry> _entries = [];

    /// <summary>A notification in the product's list.</summary>
    public void AddListed(NotificationKey key, string status, DateTimeOffset? sentAt, DateTimeOffset? deliveredAt)
    {
        var entry = EntryOf(key);
        entry.Listed++;
        if (status is "delivered" or "read")
        {
            entry.SentAt ??= sentAt;
            entry.DeliveredAt ??= deliveredAt;
        }
    }

    /// <summary>A message at the provider.</summary>
    public void AddSent(NotificationKey key) => EntryOf(key).Sent++;

    public DeliveryResult Evaluate()
    {
        var result = new DeliveryResult();
        foreach (var (mail, startedAt) in accepted)
        {
            foreach (var key in expected.Of(mail))
            {
                result.Expected++;
                if (_entries.GetValueOrDefault(key) is not { SentAt: { } sentAt, DeliveredAt: { } deliveredAt, Sent: > 0 })
                {
                    result.Lost++;
                    continue;
                }

                result.Delivered++;
                result.LastDeliveredAt = deliveredAt > result.LastDeliveredAt ? deliveredAt : result.LastDeliveredAt;
                result.UntilSent.Record(sentAt - startedAt);
                result.EndToEnd.Record(deliveredAt - startedAt);
            }
        }

        // a mail that was not accepted may have been processed all the same, but not twice, and not by another rule
        result.Duplicated = _entries.Values.Sum(entry => Math.Max(0, Math.Max(entry.Listed, entry.Sent) - 1));
        result.Unexpected = _entries.Keys.Count(key => !expected.Includes(key));
        return result;
    }

    private Entry EntryOf(NotificationKey key)
    {
        if (!_entries.TryGetValue(key, out var entry))
        {
            _entries.Add(key, entry = new Entry());
        }

        return entry;
    }

    private sealed class Entry
    {
        public int Listed { get; set; }

        public int Sent { get; set; }

        public DateTimeOffset? SentAt { get; set; }

        public DateTimeOffset? DeliveredAt { get; set; }
    }
}

/// <summary>The result of the comparison.</summary>
internal sealed class DeliveryResult
{
    /// <summary>Notifications that the accepted mails should lead to.</summary>
    public long Expected { get; set; }

    /// <summary>Those of them that were delivered.</summary>
    public long Delivered { get; set; }

    /// <summary>Those that were not, by the product's list, or never came to the provider.</summary>
    public long Lost { get; set; }

    /// <summary>Notifications or messages beyond the first for the same mail and rule.</summary>
    public long Duplicated { get; set; }

    /// <summary>Notifications of a rule that should not have matched.</summary>
    public long Unexpected { get; set; }

    public DateTimeOffset LastDeliveredAt { get; set; }

    /// <summary>From when a mail was to be sent until the provider had its notification.</summary>
    public LatencyRecorder UntilSent { get; } = new();

    /// <summary>From when a mail was to be sent until its notification was delivered.</summary>
    public LatencyRecorder EndToEnd { get; } = new();
}
