using System.Diagnostics;
using Switchboard.Core.Email;
using Switchboard.Core.Rules;

namespace Switchboard.Workers.Ingest.Email.Rules;

/// <summary>A mail on its way in, whichever way it came.</summary>
/// <param name="UserId">Whose mail it is.</param>
/// <param name="Source">Within what its message id is unique: <see cref="OfUser"/> or <see cref="OfMailbox"/>.</param>
/// <param name="Mail">The mail.</param>
/// <param name="AcceptedAt">When a webhook first heard of it.</param>
/// <param name="Parent">The span that its notifications belong to.</param>
internal sealed record IncomingMail(
    Guid UserId, string Source, InboundMail Mail, DateTimeOffset AcceptedAt, ActivityContext? Parent)
{
    /// <summary>Its message id as it is stored.</summary>
    public string Key { get; } = IndexedKey.Of(Mail.MessageId);

    /// <summary>The mail as rules see it.</summary>
    public ReceivedMessage Message { get; } = ReceivedMessage.Mail(Mail);

    public static string OfUser(Guid userId) => $"user:{userId}";

    public static string OfMailbox(Guid mailboxId) => $"mailbox:{mailboxId}";
}
