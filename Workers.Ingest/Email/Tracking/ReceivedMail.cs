namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>A mail that came in, as it is stored, with all that decides what it answers.</summary>
/// <param name="Id">Its row.</param>
/// <param name="Names">The keys of the mails that it names, the nearest first.</param>
/// <param name="ConversationKey">Of its conversation; null where there is none.</param>
/// <param name="SubjectKey">Of its subject.</param>
/// <param name="IsAnswerSubject">Whether its subject begins as that of an answer does, and says something.</param>
/// <param name="Sender">Who wrote it, in lower case.</param>
/// <param name="Kind">What it is: an answer of a person, an automatic one, a bounce.</param>
/// <param name="ReceivedAt">When it came in.</param>
internal sealed record ReceivedMail(
    Guid Id,
    Guid[] Names,
    Guid? ConversationKey,
    Guid SubjectKey,
    bool IsAnswerSubject,
    string Sender,
    string Kind,
    DateTimeOffset ReceivedAt);
