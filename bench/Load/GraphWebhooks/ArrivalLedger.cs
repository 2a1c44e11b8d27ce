using Switchboard.Load.Mail;

namespace Switchboard.Load.GraphWebhooks;

/// <summary>Holds the mails that were told of against those that are tracked.</summary>
internal sealed class ArrivalLedger
{
    private const int MostExamples = 10;
    private readonly Dictionary<(Guid Account, string MessageId), HashSet<Guid>> _tracked;

    public ArrivalLedger(IEnumerable<ToldMail> told) =>
        _tracked = told.ToDictionary(mail => (mail.Mailbox.Account.Id, mail.MessageId), _ => new HashSet<Guid>());

    /// <summary>How many mails were told of.</summary>
    public int Expected => _tracked.Count;

    /// <summary>How many of them are tracked, so far as was read.</summary>
    public int Tracked { get; private set; }

    public int Duplicated { get; private set; }

    /// <summary>When the last of them was recorded.</summary>
    public DateTimeOffset? LastAt { get; private set; }

    /// <summary>A mail in the product's list.</summary>
    public void Note(TrackedItem item)
    {
        if (!_tracked.TryGetValue((item.AccountId, item.MessageId), out var ids) || !ids.Add(item.Id))
        {
            return;
        }

        if (ids.Count == 1)
        {
            Tracked++;
            LastAt = item.CreatedAt > LastAt ? item.CreatedAt : LastAt ?? item.CreatedAt;
        }
        else
        {
            Duplicated++;
        }
    }

    /// <summary>Some of what is wrong, for the one who reads it.</summary>
    public IEnumerable<string> Examples() => _tracked.Where(mail => mail.Value.Count != 1).Take(MostExamples).Select(mail =>
        $"{mail.Key.MessageId} of account {mail.Key.Account} is tracked {mail.Value.Count} times, not once");
}
