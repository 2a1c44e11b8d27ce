using Switchboard.Simulator.Journal;

namespace Switchboard.Simulator.WhatsApp;

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
    : IJournalEntry
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
