namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>A mail that came in and is stored, with what it was taken to answer so far.</summary>
internal sealed record StoredAnswer(ReceivedMail Mail, Match? Match);
