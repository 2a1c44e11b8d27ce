namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>A full sync, a row in <c>mail_syncs</c>.</summary>
/// <param name="Id">Its id.</param>
/// <param name="AccountId">Whose mail.</param>
/// <param name="Since">From when on; null for all.</param>
/// <param name="BatchSize">How many mails a page has.</param>
/// <param name="State">queued, running, paused, completed, failed or cancelled.</param>
/// <param name="Cursors">How far it has come; null until it is planned.</param>
internal sealed record MailSync(Guid Id, Guid AccountId, DateTimeOffset? Since, int BatchSize, string State, SyncCursors? Cursors)
{
    public bool IsToGoOn => State is "queued" or "running";
}
