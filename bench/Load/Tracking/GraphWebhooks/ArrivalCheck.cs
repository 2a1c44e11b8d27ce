using Switchboard.Load.Running;

namespace Switchboard.Load.Tracking.GraphWebhooks;

/// <summary>Reads the tracked mails of the accounts until all that were notified of are there.</summary>
internal sealed class ArrivalCheck(
    ApiClient edge, LoadUser user, IReadOnlyList<SubscribedMailbox> mailboxes, TimeSpan patience, TimeProvider timeProvider)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits until all are tracked, or nothing new has come within the patience.</summary>
    public async Task<ArrivalComparison> RunAsync(
        ArrivalComparison comparison, Action<double> progress, CancellationToken cancellationToken)
    {
        var movedAt = timeProvider.GetTimestamp();
        while (true)
        {
            var before = comparison.Tracked;
            await ReadAsync(comparison, cancellationToken);
            progress(comparison.Tracked);
            movedAt = comparison.Tracked > before ? timeProvider.GetTimestamp() : movedAt;
            if (comparison.Tracked == comparison.Expected || timeProvider.GetElapsedTime(movedAt) > patience)
            {
                return comparison;
            }

            await Task.Delay(Interval, timeProvider, cancellationToken);
        }
    }

    private async Task ReadAsync(ArrivalComparison comparison, CancellationToken cancellationToken)
    {
        foreach (var mailbox in mailboxes)
        {
            await foreach (var page in TrackedEmails.PagesAsync(edge, user.Key, mailbox.Account.Id, cancellationToken))
            {
                foreach (var item in page)
                {
                    comparison.Add(item);
                }
            }
        }
    }
}

/// <summary>Compares the mails that were notified of with those that are tracked.</summary>
internal sealed class ArrivalComparison
{
    private const int MaxExamples = 10;
    private readonly Dictionary<(Guid Account, string MessageId), HashSet<Guid>> _tracked;

    public ArrivalComparison(IEnumerable<NotifiedEmail> notified) =>
        _tracked = notified.ToDictionary(mail => (mail.Mailbox.Account.Id, mail.MessageId), _ => new HashSet<Guid>());

    /// <summary>How many mails were notified of.</summary>
    public int Expected => _tracked.Count;

    /// <summary>How many of them are tracked, as far as read.</summary>
    public int Tracked { get; private set; }

    public int Duplicated { get; private set; }

    /// <summary>When the last of them was recorded.</summary>
    public DateTimeOffset? LastAt { get; private set; }

    /// <summary>A mail in the product's list.</summary>
    public void Add(TrackedEmail item)
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

    /// <summary>Examples of what is wrong.</summary>
    public IEnumerable<string> Examples() => _tracked.Where(mail => mail.Value.Count != 1).Take(MaxExamples).Select(mail =>
        $"{mail.Key.MessageId} of account {mail.Key.Account} is tracked {mail.Value.Count} times, not once");
}
