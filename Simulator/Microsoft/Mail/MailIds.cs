using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Switchboard.Simulator.Microsoft;

/// <summary>
/// The ids of a mailbox. Those of planned mails carry which mail it is, so that a mail is found by its id, its conversation or its
/// <c>Message-ID</c> without a search; and each has a hash of what the mailbox was made from: the same mailbox has the same ids in each
/// run, and no other takes one for its own, not even one that has its address after it.
/// </summary>
internal sealed class MailIds(MailboxSpec spec)
{
    private const string ItemPrefix = "AAMkAGI1AAAo";
    private const string FolderPrefix = "AAMkAGI1AAAu";
    private const string ConversationPrefix = "AAQkAGI1";
    private readonly long _hash = HashOf(spec);

    /// <summary>The id of the mailbox's user.</summary>
    public Guid UserId { get; } = new(SHA256.HashData(Encoding.UTF8.GetBytes(spec.Address.ToLowerInvariant())).AsSpan(8, 16));

    /// <summary>The id of a mail: of a planned one by its code, of an added one by its order.</summary>
    public string Item(long order) => ItemPrefix + Encode(order) + "AAA=";

    public long? ReadItem(string id) =>
        id.EndsWith("AAA=", StringComparison.Ordinal) ? Decode(id.AsSpan(0, id.Length - 4), ItemPrefix) : null;

    public string Folder(MailFolder folder) => FolderPrefix + Encode((long)folder) + "AAA=";

    /// <summary>A folder by its id or its well-known name.</summary>
    public MailFolder? ReadFolder(string id) =>
        Enum.TryParse<MailFolder>(id, ignoreCase: true, out var known) && !char.IsAsciiDigit(id[0]) ? known
        : id.EndsWith("AAA=", StringComparison.Ordinal) && Decode(id.AsSpan(0, id.Length - 4), FolderPrefix) is >= 0 and <= 3 and { } number
            ? (MailFolder)number
        : null;

    /// <summary>The conversation that a mail began: of a planned one by its index, of an added one by its order.</summary>
    public string Conversation(long number) => ConversationPrefix + Encode(number) + "=";

    public long? ReadConversation(string id) => id.EndsWith('=') ? Decode(id.AsSpan(0, id.Length - 1), ConversationPrefix) : null;

    /// <summary>22 bytes for the mail that began a conversation, 5 more for each answer.</summary>
    public string ConversationIndex(long number, long startedAt, params ReadOnlySpan<long> answersAfter)
    {
        var bytes = new byte[22 + (5 * answersAfter.Length)];
        bytes[0] = 1;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), (int)(startedAt >> 1));
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(6), _hash);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(14), number);
        for (var n = 0; n < answersAfter.Length; n++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(22 + (5 * n)), (int)answersAfter[n]);
        }

        return Convert.ToBase64String(bytes);
    }

    /// <summary>The <c>Message-ID</c> of a mail, made where its sender is.</summary>
    public string InternetMessage(long order, string? senderDomain = null) =>
        $"<{order.ToString("x", CultureInfo.InvariantCulture)}.{_hash:x16}@{senderDomain ?? spec.Domain}>";

    public long? ReadInternetMessage(string id)
    {
        var at = id.IndexOf('@', StringComparison.Ordinal);
        var dot = id.IndexOf('.', StringComparison.Ordinal);
        return id.StartsWith('<') && dot > 0 && at == dot + 17
            && long.TryParse(id.AsSpan(dot + 1, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hash)
            && hash == _hash
            && long.TryParse(id.AsSpan(1, dot - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var order)
                ? order
                : null;
    }

    private string Encode(long number)
    {
        // the first byte of the number is always 0: without it there are 15, which need no padding
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], _hash);
        return Base64Url.EncodeToString(bytes[1..]);
    }

    private long? Decode(ReadOnlySpan<char> id, string prefix)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!id.StartsWith(prefix, StringComparison.Ordinal) || id.Length != prefix.Length + 20
            || !Base64Url.TryDecodeFromChars(id[prefix.Length..], bytes[1..], out var length) || length != 15
            || BinaryPrimitives.ReadInt64BigEndian(bytes[8..]) != _hash)
        {
            return null;
        }

        return BinaryPrimitives.ReadInt64BigEndian(bytes);
    }

    private static long HashOf(MailboxSpec spec)
    {
        var text = string.Join(
            '|',
            spec.Address.ToLowerInvariant(),
            spec.Messages.ToString(CultureInfo.InvariantCulture),
            spec.ReplyRate.ToString(CultureInfo.InvariantCulture),
            spec.SpanDays.ToString(CultureInfo.InvariantCulture),
            spec.AutoReplyRate.ToString(CultureInfo.InvariantCulture),
            spec.BounceRate.ToString(CultureInfo.InvariantCulture),
            spec.Seed.ToString(CultureInfo.InvariantCulture),
            spec.Until.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        return BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
