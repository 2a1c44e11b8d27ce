using System.Collections.Concurrent;
using System.Globalization;

namespace Switchboard.Tests.Simulator.Load;

/// <summary>An account of <see cref="FakeMailProduct"/>, and its tracked mails.</summary>
internal sealed class FakeMailAccount(Guid id, string address, MailFaults faults)
{
    private readonly ConcurrentQueue<object> _tracked = new();
    private readonly ConcurrentDictionary<string, bool> _known = new();
    private int _mails;

    public Guid Id => id;

    public string Address => address;

    public object View => new { id, provider = "microsoft", address, status = "active", tracking = new { mode = "all" } };

    /// <summary>Tracks a mail, if it is not tracked yet.</summary>
    public void Track(string messageId, string internetMessageId, string status = "active", long? responseSeconds = null, bool autoReplied = false)
    {
        if (!_known.TryAdd(messageId, true))
        {
            return;
        }

        var number = Interlocked.Increment(ref _mails);
        for (var copy = number == faults.Lose ? 0 : number == faults.Double ? 2 : 1; copy > 0; copy--)
        {
            var now = TimeProvider.System.GetUtcNow();
            _tracked.Enqueue(new
            {
                id = Guid.CreateVersion7(),
                accountId = id,
                messageId,
                internetMessageId,
                subject = "Offer",
                recipients = Array.Empty<string>(),
                sentAt = now,
                status = number == faults.Garble ? "expired" : status,
                hasResponse = responseSeconds is not null,
                responseSeconds,
                autoRepliedAt = autoReplied ? now : (DateTimeOffset?)null,
                createdAt = now,
            });
        }
    }

    public object List(int limit, int cursor)
    {
        var items = _tracked.Skip(cursor).Take(limit).ToList();
        var next = cursor + items.Count;
        return new { items, nextCursor = next < _tracked.Count ? next.ToString(CultureInfo.InvariantCulture) : null };
    }
}
