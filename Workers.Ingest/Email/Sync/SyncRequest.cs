using System.Diagnostics;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Why a mailbox is read.</summary>
/// <param name="AcceptedAt">When it was heard that there is something to read.</param>
/// <param name="IsLastAttempt">Whether what cannot be read now must be set aside.</param>
/// <param name="Parent">The span that its mails belong to.</param>
internal sealed record SyncRequest(DateTimeOffset AcceptedAt, bool IsLastAttempt, ActivityContext? Parent);
