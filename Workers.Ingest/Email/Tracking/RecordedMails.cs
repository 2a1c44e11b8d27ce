namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>What became of mails that were to be recorded.</summary>
/// <param name="Tracked">How many sent mails are tracked that were not before.</param>
/// <param name="Failed">Those that could not be recorded, each with the reason; all others are safe.</param>
internal sealed record RecordedMails(int Tracked, IReadOnlyList<FailedMail> Failed);

/// <summary>A mail that could not be read or recorded.</summary>
/// <param name="ProviderId">The provider's id of the mail.</param>
/// <param name="Error">Why.</param>
internal sealed record FailedMail(string ProviderId, string Error);
