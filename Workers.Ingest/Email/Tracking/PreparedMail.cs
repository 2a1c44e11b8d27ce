namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>A mail that is to be stored: one of the two is there.</summary>
internal readonly record struct PreparedMail(SentMail? Sent, NewReceivedMail? Received)
{
    public string ProviderId => Sent?.ProviderId ?? Received!.ProviderId;

    /// <summary>Tells mails of a call apart.</summary>
    public (bool IsSent, Guid Key) Identity => (Sent is not null, Sent?.Key ?? Received!.Key);
}
