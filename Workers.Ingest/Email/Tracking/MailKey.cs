using System.Security.Cryptography;
using System.Text;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>
/// What names a mail, a conversation or a subject, as it stands in indexes: the first 128 bits of its SHA-256. Enough to find it again,
/// and no name is too long.
/// </summary>
internal static class MailKey
{
    /// <summary>Of a mail: of its Message-ID; of its provider's id when it has none.</summary>
    public static Guid Of(MailEnvelope mail) =>
        string.IsNullOrWhiteSpace(mail.InternetMessageId) ? Hash($"provider:{mail.ProviderId}") : OfMessageId(mail.InternetMessageId);

    /// <summary>Of a Message-ID, with or without its angle brackets. Its case counts (RFC 5322, 3.6.4).</summary>
    public static Guid OfMessageId(string messageId)
    {
        var id = messageId.Trim();
        return Hash(id.StartsWith('<') ? id : $"<{id}>");
    }

    /// <summary>Of the provider's id of a conversation; null where there is none.</summary>
    public static Guid? OfConversation(string? conversationId) =>
        string.IsNullOrWhiteSpace(conversationId) ? null : Hash(conversationId.Trim());

    /// <summary>Of a subject.</summary>
    public static Guid OfSubject(SubjectKey subject) => Hash(subject.Text);

    private static Guid Hash(string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        return new Guid(hash[..16], bigEndian: true);
    }
}
