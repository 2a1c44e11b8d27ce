namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>What a mail that came in answers.</summary>
/// <param name="TrackedId">The sent mail, a row in <c>tracked_emails</c>.</param>
/// <param name="By">By what that was recognised: <see cref="Reference"/>, <see cref="Conversation"/> or <see cref="Subject"/>.</param>
internal readonly record struct Match(Guid TrackedId, string By)
{
    public const string Reference = "reference";
    public const string Conversation = "conversation";
    public const string Subject = "subject";
}
