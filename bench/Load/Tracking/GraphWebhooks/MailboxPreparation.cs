using Switchboard.Load.Running;

namespace Switchboard.Load.Tracking.GraphWebhooks;

/// <summary>Connects mailboxes, waits until the product has subscribed to them, and adds the mails that it is then notified of.</summary>
internal sealed class MailboxPreparation(
    ApiClient edge, GraphMailboxes mailboxes, RunToken token, TimeSpan patience, TimeProvider timeProvider)
{
    private const int MaxParallel = 4;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Connects mailboxes of a user.</summary>
    public async Task<IReadOnlyList<SubscribedMailbox>> ConnectAsync(
        LoadUser user, int count, Action<double> progress, CancellationToken cancellationToken)
    {
        using var connector = new AccountConnector(edge);
        var subscribed = new SubscribedMailbox[count];
        var done = 0;
        var parallelOptions = new ParallelOptions { MaxDegreeOfParallelism = MaxParallel, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, count, parallelOptions, async (n, loopToken) =>
        {
            var mailbox = await mailboxes.MakeAsync($"{token.Run}-{n}@load.test".ToLowerInvariant(), timeProvider.GetUtcNow(), loopToken);
            var account = await connector.ConnectAsync(user, mailbox.Address, loopToken);
            subscribed[n] = new SubscribedMailbox(account, await WaitForSubscriptionAsync(mailbox.Address, loopToken));
            progress(Interlocked.Increment(ref done));
        });
        return subscribed;
    }

    /// <summary>Adds sent mails to the mailboxes in turn, without the simulator notifying anybody.</summary>
    public async Task<IReadOnlyList<NotifiedEmail>> AddAsync(
        IReadOnlyList<SubscribedMailbox> subscribed, int count, CancellationToken cancellationToken)
    {
        var added = await mailboxes.AddAsync(
            Enumerable.Range(0, count).Select(n => Mail(subscribed[n % subscribed.Count], n)), cancellationToken);
        return [.. added.Select((mail, n) => new NotifiedEmail(subscribed[n % subscribed.Count], mail.Id))];
    }

    private NewEmail Mail(SubscribedMailbox mailbox, int number) => new(
        mailbox.Account.Address,
        "sentitems",
        $"person-{number % 500}@contoso.test",
        $"Offer {token.Of(number)}",
        "What do you think?",
        Silent: true);

    /// <summary>Waits for the subscription that covers sent mail.</summary>
    private async Task<MailboxSubscription> WaitForSubscriptionAsync(string address, CancellationToken cancellationToken)
    {
        var startedAt = timeProvider.GetTimestamp();
        while (true)
        {
            var mailbox = await mailboxes.FindAsync(address, cancellationToken);
            if (mailbox?.Subscriptions.FirstOrDefault(CoversSentMail) is { } subscription)
            {
                return subscription;
            }

            if (timeProvider.GetElapsedTime(startedAt) > patience)
            {
                throw new LoadException(
                    $"Nobody has subscribed to the mail of {address} within {patience.TotalSeconds} s. "
                    + "Is Workers.Ingest there, and does its Graph:PublicBaseUrl lead to the edge?");
            }

            await Task.Delay(Interval, timeProvider, cancellationToken);
        }
    }

    private static bool CoversSentMail(MailboxSubscription subscription) =>
        subscription.Resource.Trim('/').EndsWith("me/messages", StringComparison.OrdinalIgnoreCase)
        || subscription.Resource.Contains("sentitems", StringComparison.OrdinalIgnoreCase);
}

/// <summary>A mailbox that the product has subscribed to.</summary>
/// <param name="Account">Its account.</param>
/// <param name="Subscription">The product's subscription to its mail.</param>
internal sealed record SubscribedMailbox(EmailAccount Account, MailboxSubscription Subscription);

/// <summary>A mail that notifications are about.</summary>
/// <param name="Mailbox">Its mailbox.</param>
/// <param name="MessageId">Its id at Graph.</param>
internal sealed record NotifiedEmail(SubscribedMailbox Mailbox, string MessageId);
