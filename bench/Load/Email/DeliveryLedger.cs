namespace Switchboard.Load.Email;

/// <summary>Holds what should have come against what did, in the product's lists and at the provider.</summary>
/// <param name="expectation">What each mail should lead to.</param>
/// <param name="accepted">When each accepted mail was to be sent.</param>
internal sealed class DeliveryLedger(Expectation expectation, IReadOnlyDictionary<long, DateTimeOffset> accepted)
{
    private readonly Dictionary<NotificationKey, Entry> _entries = [];

    /// <summary>A notification in the product's list.</summary>
    public void NoteListed(NotificationKey key, string status, DateTimeOffset? deliveredAt)
    {
        var entry = EntryOf(key);
        entry.Listed++;
        if (status is "delivered" or "read")
        {
            entry.DeliveredAt ??= deliveredAt;
        }
    }

    /// <summary>A message at the provider.</summary>
    public void NoteSent(NotificationKey key) => EntryOf(key).Sent++;

    public DeliveryVerdict Judge()
    {
        var verdict = new DeliveryVerdict();
        foreach (var (mail, startedAt) in accepted)
        {
            foreach (var key in expectation.Of(mail))
            {
                verdict.Expected++;
                if (_entries.GetValueOrDefault(key) is not { DeliveredAt: { } deliveredAt, Sent: > 0 })
                {
                    verdict.Lost++;
                    continue;
                }

                verdict.Delivered++;
                verdict.LastDeliveredAt = deliveredAt > verdict.LastDeliveredAt ? deliveredAt : verdict.LastDeliveredAt;
                verdict.EndToEnd.Record(deliveredAt - startedAt);
            }
        }

        // a mail that was not accepted may have been taken all the same, but not twice, and not by another rule
        verdict.Duplicated = _entries.Values.Sum(entry => Math.Max(0, Math.Max(entry.Listed, entry.Sent) - 1));
        verdict.Unexpected = _entries.Keys.Count(key => !expectation.Includes(key));
        return verdict;
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

        public DateTimeOffset? DeliveredAt { get; set; }
    }
}
