using Microsoft.Extensions.Options;
using Switchboard.Workers.Ingest.Providers.Gmail;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Asks Gmail to tell of a mailbox's new mail.</summary>
internal sealed class MailboxWatch(GmailClient gmail, MailboxStore mailboxes, IOptions<GmailOptions> options)
{
    /// <summary>Whether there is a topic to be told through; without one mailboxes are only polled.</summary>
    public bool IsConfigured => !string.IsNullOrWhiteSpace(options.Value.TopicName);

    /// <summary>Begins or renews the watch, and notes until when it holds.</summary>
    /// <exception cref="GmailException">Gmail did not do it.</exception>
    public async Task RenewAsync(Mailbox mailbox, CancellationToken cancellation)
    {
        if (!IsConfigured)
            return;
        var until = await gmail.WatchAsync(mailbox, options.Value.TopicName!, cancellation);
        await mailboxes.WatchedAsync(mailbox, until, cancellation);
    }
}
