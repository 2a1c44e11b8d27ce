using System.Diagnostics.Metrics;

namespace Switchboard.Workers.Ingest;

/// <summary>What this process counts, in the meter <c>Switchboard.Ingest</c>.</summary>
internal sealed class IngestMetrics
{
    private readonly Counter<long> _mails;
    private readonly Counter<long> _sms;
    private readonly Counter<long> _notifications;
    private readonly Counter<long> _syncs;
    private readonly Counter<long> _messages;
    private readonly Counter<long> _recorded;
    private readonly Counter<long> _pages;
    private readonly Counter<long> _changes;

    public IngestMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Switchboard.Ingest");
        _mails = meter.CreateCounter<long>("switchboard.mails", "{mail}", "Mails taken in; outcome: new, repeated.");
        _sms = meter.CreateCounter<long>("switchboard.texts", "{sms}", "SMS taken in; outcome: new, repeated.");
        _notifications = meter.CreateCounter<long>("switchboard.notifications.created", "{notification}", "Notifications created from mail and SMS.");
        _syncs = meter.CreateCounter<long>(
            "switchboard.mailbox.syncs", "{sync}",
            "Mailboxes read; outcome: read, resynced, unknown, inactive, revoked (of any provider).");
        _messages = meter.CreateCounter<long>(
            "switchboard.mailbox.messages.skipped", "{message}", "Messages of mailboxes that were not read; reason: gone, set_aside.");
        _recorded = meter.CreateCounter<long>("switchboard.tracking.mails", "{mail}", "Mails read to be tracked; outcome: recorded, failed.");
        _pages = meter.CreateCounter<long>("switchboard.tracking.sync.pages", "{page}", "Pages of full syncs.");
        _changes = meter.CreateCounter<long>(
            "switchboard.tracking.changes", "{change}", "Changes that Graph told of; outcome: read, gone, unknown, inactive.");
    }

    public void MailsTaken(int fresh, int repeated) => Taken(_mails, fresh, repeated);

    public void SmsTaken(int fresh, int repeated) => Taken(_sms, fresh, repeated);

    public void Notified(int notifications)
    {
        if (notifications > 0)
            _notifications.Add(notifications);
    }

    public void Synced(string outcome) => _syncs.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void Skipped(string reason) => _messages.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Recorded(int recorded, int failed)
    {
        if (recorded > 0)
            _recorded.Add(recorded, new KeyValuePair<string, object?>("outcome", "recorded"));
        if (failed > 0)
            _recorded.Add(failed, new KeyValuePair<string, object?>("outcome", "failed"));
    }

    public void PagesRead(int pages) => _pages.Add(pages);

    public void Changes(string outcome, int count)
    {
        if (count > 0)
            _changes.Add(count, new KeyValuePair<string, object?>("outcome", outcome));
    }

    private static void Taken(Counter<long> counter, int fresh, int repeated)
    {
        if (fresh > 0)
            counter.Add(fresh, new KeyValuePair<string, object?>("outcome", "new"));
        if (repeated > 0)
            counter.Add(repeated, new KeyValuePair<string, object?>("outcome", "repeated"));
    }
}
