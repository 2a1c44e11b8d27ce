namespace Switchboard.Workers.Ingest.Tracking;

/// <summary>Records mails of an account: tracks what was sent, finds what came in as an answer to it.</summary>
#pragma warning disable CA1822, CA1812
internal sealed class MailRecorder
{
    /// <summary>Records mails, in any order and as often as they come; when it returns, all but the failed ones are safe.</summary>
    /// <param name="mailbox">Whose they are.</param>
    /// <param name="mails">The mails.</param>
    /// <param name="requested">Whether what was sent is tracked whatever the policy says, because it was asked for.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="Npgsql.NpgsqlException">The database is away.</exception>
    public Task<RecordedMails> RecordAsync(
        TrackedMailbox mailbox, IReadOnlyList<SeenMail> mails, bool requested, CancellationToken cancellation) =>
        throw new NotImplementedException();
}
