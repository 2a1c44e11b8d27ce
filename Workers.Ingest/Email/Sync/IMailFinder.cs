namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Finds single mails: one for each provider.</summary>
internal interface IMailFinder
{
    /// <summary>Finds a mail and its conversation.</summary>
    /// <exception cref="Exception">One that <see cref="ProviderFault.Of"/> knows.</exception>
    Task<RequestedMail> FindAsync(MailAccount account, TrackingRequest request, CancellationToken cancellation);
}
