using System.Globalization;
using System.Text;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Meta;

/// <summary>A message that was taken. There may be a million: nothing here that is not needed.</summary>
/// <param name="sequence">Its place in the order: the microsecond since 1970 when it was taken, or the next free one.</param>
/// <param name="id">The <c>wamid</c>.</param>
/// <param name="to">The recipient as it was named.</param>
/// <param name="type">text or template.</param>
/// <param name="body">The text, or the template as JSON.</param>
/// <param name="callbackData">What statuses echo.</param>
/// <param name="promised">The statuses that are to come.</param>
internal sealed class SentMessage(
    long sequence, string id, string to, string type, string body, string? callbackData, MessageStatuses promised)
    : IStoredMessage
{
    private int _told;

    public long Sequence => sequence;

    public string Id => id;

    public string To => to;

    public string Type => type;

    public string Body => body;

    public string? CallbackData => callbackData;

    public MessageStatuses Promised => promised;

    public DateTimeOffset At => DateTimeOffset.UnixEpoch.AddMicroseconds(sequence);

    /// <summary>The statuses that the edge has acknowledged.</summary>
    public MessageStatuses Told => (MessageStatuses)Volatile.Read(ref _told);

    /// <summary>The recipient without anything but digits.</summary>
    public string WhatsAppId => Digits(to);

    public void MarkTold(MessageStatuses status) => Interlocked.Or(ref _told, (int)status);

    public static string Digits(string number)
    {
        Span<char> digits = stackalloc char[Math.Min(number.Length, 64)];
        var length = 0;
        foreach (var c in number)
        {
            if (char.IsAsciiDigit(c) && length < digits.Length)
            {
                digits[length++] = c;
            }
        }

        return length == number.Length ? number : digits[..length].ToString();
    }
}

/// <summary>The statuses that a message can have, as a set.</summary>
[Flags]
internal enum MessageStatuses
{
    None = 0,
    Sent = 1,
    Delivered = 2,
    Read = 4,
    Failed = 8,
}

/// <summary>The names of the statuses in callbacks and control calls.</summary>
internal static class StatusNames
{
    private static readonly (MessageStatuses Status, string Name)[] All =
    [
        (MessageStatuses.Sent, "sent"),
        (MessageStatuses.Delivered, "delivered"),
        (MessageStatuses.Read, "read"),
        (MessageStatuses.Failed, "failed"),
    ];

    public static string Name(this MessageStatuses status) => All.First(pair => pair.Status == status).Name;

    public static string[] Names(this MessageStatuses set) => [.. All.Where(pair => set.HasFlag(pair.Status)).Select(pair => pair.Name)];

    public static MessageStatuses? Parse(string? name) =>
        All.FirstOrDefault(pair => pair.Name == name) is { Name: not null } found ? found.Status : null;
}

/// <summary>Makes ids as Meta's look: <c>wamid.</c> and Base64 over the recipient and 18 hexadecimal digits, unique in each run.</summary>
internal sealed class MessageIds(TimeProvider timeProvider)
{
    // odd, so that multiplying by it maps each number to another
    private const ulong Scatter = 0x9E3779B97F4A7C15;
    private long _last = timeProvider.GetUtcNow().UtcTicks;

    public string Next(string recipient)
    {
        var number = unchecked((ulong)Interlocked.Increment(ref _last) * Scatter);
        Span<byte> raw = stackalloc byte[128];
        ReadOnlySpan<byte> head = [0x1c, 0x18, (byte)recipient.Length];
        ReadOnlySpan<byte> middle = [0x15, 0x02, 0x00, 0x11, 0x18, 0x12];
        head.CopyTo(raw);
        var length = head.Length;
        length += Encoding.ASCII.GetBytes(recipient, raw[length..]);
        middle.CopyTo(raw[length..]);
        length += middle.Length;
        raw[length++] = (byte)'3';
        raw[length++] = (byte)'E';
        number.TryFormat(raw[length..], out var written, "X16", CultureInfo.InvariantCulture);
        length += written;
        raw[length++] = 0;
        return "wamid." + Convert.ToBase64String(raw[..length]);
    }
}
