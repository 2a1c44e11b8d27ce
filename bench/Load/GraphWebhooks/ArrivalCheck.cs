using Switchboard.Load.Api;
using Switchboard.Load.Mail;

namespace Switchboard.Load.GraphWebhooks;

/// <summary>Reads the tracked mails of the accounts until all that were told of are there.</summary>
internal sealed class ArrivalCheck(ApiClient edge, LoadUser user, IReadOnlyList<FollowedMailbox> mailboxes, TimeSpan patience, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits until all are tracked, or nothing has come for as long as one is patient.</summary>
    public async Task<ArrivalLedger> RunAsync(ArrivalLedger ledger, Action<double> progress, CancellationToken cancellation)
    {
        var movedAt = time.GetTimestamp();
        while (true)
        {
            var before = ledger.Tracked;
            await ReadAsync(ledger, cancellation);
            progress(ledger.Tracked);
            movedAt = ledger.Tracked > before ? time.GetTimestamp() : movedAt;
            if (ledger.Tracked == ledger.Expected || time.GetElapsedTime(movedAt) > patience)
            {
                return ledger;
            }

            await Task.Delay(Interval, time, cancellation);
        }
    }

    private async Task ReadAsync(ArrivalLedger ledger, CancellationToken cancellation)
    {
        foreach (var mailbox in mailboxes)
        {
            await foreach (var page in TrackedReader.PagesAsync(edge, user.Key, mailbox.Account.Id, cancellation))
            {
                foreach (var item in page)
                {
                    ledger.Note(item);
                }
            }
        }
    }
}
