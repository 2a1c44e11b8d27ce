namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>A mail that came in and is not stored yet.</summary>
internal sealed record NewReceivedMail(Guid Key, string ProviderId, string InternetMessageId, string Subject, ReceivedMail Mail);
