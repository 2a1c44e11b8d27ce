namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>A sent mail that may be the one that is answered: of several it is the last one.</summary>
/// <param name="Id">Its row.</param>
/// <param name="Key">Of its Message-ID: says which of two sent at once is the last one, whatever was stored first.</param>
/// <param name="SentAt">When it was sent.</param>
internal readonly record struct Candidate(Guid Id, Guid Key, DateTimeOffset SentAt)
{
    /// <summary>The later of two.</summary>
    public static Candidate? Later(Candidate? one, Candidate? other) =>
        one is not { } a ? other : other is not { } b ? one : (a.SentAt, a.Key).CompareTo((b.SentAt, b.Key)) > 0 ? one : other;
}
