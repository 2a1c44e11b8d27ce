namespace Switchboard.Simulator.GraphMessages;

/// <summary>The properties of a message that <c>$select</c> may name; <c>id</c> always comes.</summary>
[Flags]
internal enum MessageFields
{
    None = 0,
    Id = 1,
    CreatedDateTime = 1 << 1,
    LastModifiedDateTime = 1 << 2,
    ChangeKey = 1 << 3,
    Categories = 1 << 4,
    ReceivedDateTime = 1 << 5,
    SentDateTime = 1 << 6,
    HasAttachments = 1 << 7,
    InternetMessageId = 1 << 8,
    Subject = 1 << 9,
    BodyPreview = 1 << 10,
    Importance = 1 << 11,
    ParentFolderId = 1 << 12,
    ConversationId = 1 << 13,
    ConversationIndex = 1 << 14,
    IsRead = 1 << 15,
    IsDraft = 1 << 16,
    Body = 1 << 17,
    Sender = 1 << 18,
    From = 1 << 19,
    ToRecipients = 1 << 20,
    CcRecipients = 1 << 21,
    BccRecipients = 1 << 22,
    ReplyTo = 1 << 23,
    Flag = 1 << 24,

    /// <summary>Only when it is selected.</summary>
    InternetMessageHeaders = 1 << 25,

    /// <summary>What comes without a <c>$select</c>.</summary>
    Usual = InternetMessageHeaders - 1,

    /// <summary>What a broken mail still has.</summary>
    OfBroken = Id | Subject | BodyPreview | IsRead | Categories,
}
