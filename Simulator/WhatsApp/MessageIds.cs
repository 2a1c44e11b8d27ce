using System.Globalization;
using System.Text;

namespace Switchboard.Simulator.WhatsApp;

/// <summary>Makes ids as Meta's look: <c>wamid.</c> and Base64 over the recipient and 18 hexadecimal digits, unique in each run.</summary>
internal sealed class MessageIds(TimeProvider time)
{
    // odd, so that multiplying by it maps each number to another
    private const ulong Scatter = 0x9E3779B97F4A7C15;
    private long _last = time.GetUtcNow().UtcTicks;

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
