namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>A mail that a program asked to track, a row in <c>tracking_requests</c>.</summary>
/// <param name="Id">Its id.</param>
/// <param name="AccountId">Whose mail.</param>
/// <param name="MessageId">The provider's id of the mail, or its Message-ID in angle brackets.</param>
internal sealed record TrackingRequest(Guid Id, Guid AccountId, string MessageId)
{
    /// <summary>Whether the mail is named by its Message-ID.</summary>
    public bool IsByMessageId => MessageId.StartsWith('<');
}
