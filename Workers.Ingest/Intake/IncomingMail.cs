using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Switchboard.Core.Email;
using Switchboard.Core.Notifications;

namespace Switchboard.Workers.Ingest.Intake;

/// <summary>A mail on its way in, whichever way it came.</summary>
/// <param name="UserId">Whose mail it is.</param>
/// <param name="Source">Within what its message id is unique: <see cref="OfUser"/> or <see cref="OfMailbox"/>.</param>
/// <param name="Mail">The mail.</param>
/// <param name="AcceptedAt">When a webhook first heard of it.</param>
/// <param name="Parent">The span that its notifications belong to.</param>
internal sealed record IncomingMail(
    Guid UserId, string Source, InboundMail Mail, DateTimeOffset AcceptedAt, ActivityContext? Parent)
{
    // what an index entry of Postgres holds is limited (2,704 bytes); a real message id is 998 characters at most
    private const int LongestKey = 1000;

    /// <summary>Its message id as it is stored: as it came, or for an endless one its hash.</summary>
    public string Key { get; } = Mail.MessageId.Length <= LongestKey && Encoding.UTF8.GetByteCount(Mail.MessageId) <= 2 * LongestKey
        ? StorableText.From(Mail.MessageId)
        : $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Mail.MessageId)))}";

    public static string OfUser(Guid userId) => $"user:{userId}";

    public static string OfMailbox(Guid mailboxId) => $"mailbox:{mailboxId}";
}
