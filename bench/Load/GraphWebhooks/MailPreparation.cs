using Switchboard.Load.Api;
using Switchboard.Load.Driving;
using Switchboard.Load.Mail;

namespace Switchboard.Load.GraphWebhooks;

/// <summary>Connects mailboxes, waits until the product has subscribed to them, and puts the mails in that it is then told of.</summary>
internal sealed class MailPreparation(ApiClient edge, GraphMailboxes mailboxes, RunToken token, TimeSpan patience, TimeProvider time)
{
    private const int AtOnce = 4;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Connects so many mailboxes of a user.</summary>
    public async Task<IReadOnlyList<FollowedMailbox>> ConnectAsync(LoadUser user, int count, Action<double> progress, CancellationToken cancellation)
    {
        using var connector = new AccountConnector(edge);
        var followed = new FollowedMailbox[count];
        var done = 0;
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (n, ct) =>
        {
            var mailbox = await mailboxes.MakeAsync($"{token.Run}-{n}@load.test".ToLowerInvariant(), time.GetUtcNow(), ct);
            var account = await connector.ConnectAsync(user, mailbox.Address, ct);
            followed[n] = new FollowedMailbox(account, await SubscriptionAsync(mailbox.Address, ct));
            progress(Interlocked.Increment(ref done));
        });
        return followed;
    }

    /// <summary>Puts so many mails that were sent into the mailboxes in turn, and nobody is told.</summary>
    public async Task<IReadOnlyList<ToldMail>> AddAsync(IReadOnlyList<FollowedMailbox> followed, int count, CancellationToken cancellation)
    {
        var added = await mailboxes.AddAsync(Enumerable.Range(0, count).Select(n => Mail(followed[n % followed.Count], n)), cancellation);
        return [.. added.Select((mail, n) => new ToldMail(followed[n % followed.Count], mail.Id))];
    }

    private NewMail Mail(FollowedMailbox mailbox, int number) => new(
        mailbox.Account.Address, "sentitems", $"person-{number % 500}@contoso.test", $"Offer {token.Of(number)}", "What do you think?", Silent: true);

    /// <summary>The subscription that sent mails belong to.</summary>
    private async Task<MailSubscription> SubscriptionAsync(string address, CancellationToken cancellation)
    {
        var startedAt = time.GetTimestamp();
        while (true)
        {
            var mailbox = await mailboxes.FindAsync(address, cancellation);
            if (mailbox?.Subscriptions.FirstOrDefault(IsOfSentMail) is { } subscription)
            {
                return subscription;
            }

            if (time.GetElapsedTime(startedAt) > patience)
            {
                throw new LoadException(
                    $"Nobody has subscribed to the mail of {address} within {patience.TotalSeconds} s. "
                    + "Is Workers.Ingest there, and does its Graph:PublicBaseUrl lead to the edge?");
            }

            await Task.Delay(Interval, time, cancellation);
        }
    }

    private static bool IsOfSentMail(MailSubscription subscription) =>
        subscription.Resource.Trim('/').EndsWith("me/messages", StringComparison.OrdinalIgnoreCase)
        || subscription.Resource.Contains("sentitems", StringComparison.OrdinalIgnoreCase);
}
