namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Where the past of a mailbox is read: one for each provider.</summary>
internal interface IMailSource
{
    /// <summary>Divides what is to be read into lanes.</summary>
    /// <param name="account">Whose mail.</param>
    /// <param name="since">From when on; null for all.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="Exception">One that <see cref="ProviderFault.Of"/> knows.</exception>
    Task<SyncPlan> PlanAsync(MailAccount account, DateTimeOffset? since, CancellationToken cancellation);

    /// <summary>Reads the next page of each lane that is not done.</summary>
    /// <param name="account">Whose mail.</param>
    /// <param name="cursors">How far it has come.</param>
    /// <param name="size">How many mails a page has.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="Exception">One that <see cref="ProviderFault.Of"/> knows: there is no page at all.</exception>
    Task<SyncRound> ReadAsync(MailAccount account, SyncCursors cursors, int size, CancellationToken cancellation);
}
