using System.Buffers;
using System.Security.Cryptography;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Twilio;

/// <summary>An SMS that was taken or sent in. There may be a million: nothing here that is not needed.</summary>
/// <param name="sequence">Its place in the order.</param>
/// <param name="id">The <c>SM…</c> or <c>MM…</c>.</param>
/// <param name="direction">Which way it goes.</param>
/// <param name="to">The recipient in E.164.</param>
/// <param name="from">The sender.</param>
/// <param name="messagingServiceSid">Which service chose the sender.</param>
/// <param name="body">What it says.</param>
/// <param name="numMedia">How many files it has.</param>
/// <param name="statusCallback">Where its statuses are told.</param>
/// <param name="plan">What is to become of it.</param>
internal sealed class SmsMessage(
    long sequence,
    string id,
    SmsDirection direction,
    string to,
    string from,
    string? messagingServiceSid,
    string body,
    int numMedia,
    string? statusCallback,
    SmsPlan plan) : IStoredMessage
{
    private volatile SmsPlan _plan = plan;
    private int _told;

    public long Sequence => sequence;

    public string Id => id;

    public SmsDirection Direction => direction;

    public string To => to;

    public string From => from;

    public string? MessagingServiceSid => messagingServiceSid;

    public string Body => body;

    public int NumMedia => numMedia;

    public string? StatusCallback => statusCallback;

    public DateTimeOffset At => DateTimeOffset.UnixEpoch.AddMicroseconds(sequence);

    public SmsPlan Plan
    {
        get => _plan;
        set => _plan = value;
    }

    /// <summary>Whether the edge has acknowledged a status.</summary>
    public bool WasTold(SmsStatus status) => (Volatile.Read(ref _told) & (1 << (int)status)) != 0;

    public void MarkTold(SmsStatus status) => Interlocked.Or(ref _told, 1 << (int)status);
}

/// <summary>What is to become of an SMS, settled when it is taken.</summary>
/// <param name="Start">What it is at first.</param>
/// <param name="SentAt">When it is sent; null when it never is.</param>
/// <param name="EndsAt">When it comes to its end; null when it never does.</param>
/// <param name="End">Its end: delivered or undelivered.</param>
/// <param name="ErrorCode">Why it was not delivered.</param>
internal sealed record SmsPlan(
    SmsStatus Start, DateTimeOffset? SentAt = null, DateTimeOffset? EndsAt = null, SmsStatus End = SmsStatus.Delivered,
    int? ErrorCode = null)
{
    public static SmsPlan Received { get; } = new(SmsStatus.Received);

    /// <summary>A reply to a number that wants none.</summary>
    public static SmsPlan OptedOut { get; } = new(SmsStatus.Failed, ErrorCode: 21610);

    public SmsStatus At(DateTimeOffset now) => now >= EndsAt ? End : now >= SentAt ? SmsStatus.Sent : Start;
}

/// <summary>How far an SMS is.</summary>
internal enum SmsStatus
{
    /// <summary>Taken for a messaging service, which is to choose the sender.</summary>
    Accepted,
    Queued,
    Sent,
    Delivered,

    /// <summary>Sent, but it did not reach the phone.</summary>
    Undelivered,

    /// <summary>Never sent.</summary>
    Failed,

    /// <summary>It came in.</summary>
    Received,
}

/// <summary>The names of the statuses in answers, callbacks and control calls.</summary>
internal static class SmsStatusNames
{
    private static readonly string[] All = [.. Enum.GetNames<SmsStatus>().Select(name => name.ToLowerInvariant())];

    public static string Name(this SmsStatus status) => All[(int)status];

    /// <summary>Those that a callback can tell: sent, delivered, undelivered, failed.</summary>
    public static SmsStatus? ParseTold(string? name) =>
        Array.IndexOf(All, name) is var index and >= (int)SmsStatus.Sent and <= (int)SmsStatus.Failed ? (SmsStatus)index : null;
}

/// <summary>Which way an SMS goes.</summary>
internal enum SmsDirection
{
    Inbound,

    /// <summary>Sent by the API.</summary>
    OutboundApi,

    /// <summary>The answer to a webhook.</summary>
    OutboundReply,
}

/// <summary>The names of the directions in answers and control calls.</summary>
internal static class SmsDirections
{
    public const string Error = "Use inbound, outbound (the default), outbound-api or outbound-reply.";

    public static string Name(SmsDirection direction) => direction switch
    {
        SmsDirection.Inbound => "inbound",
        SmsDirection.OutboundApi => "outbound-api",
        _ => "outbound-reply",
    };

    /// <summary>Those that a list is asked for: what was sent, unless it says otherwise. Null when there are none of that name.</summary>
    public static SmsDirection[]? Parse(string? asked) => asked switch
    {
        null or "" or "outbound" => [SmsDirection.OutboundApi, SmsDirection.OutboundReply],
        "inbound" => [SmsDirection.Inbound],
        "outbound-api" => [SmsDirection.OutboundApi],
        "outbound-reply" => [SmsDirection.OutboundReply],
        _ => null,
    };
}

/// <summary>Makes ids as Twilio's look: two letters for the kind and 32 hexadecimal digits.</summary>
internal static class Sids
{
    public static string Message(bool hasMedia) => New(hasMedia ? "MM" : "SM");

    private static string New(string kind) => kind + RandomNumberGenerator.GetHexString(32, lowercase: true);
}

/// <summary>
/// In how many pieces an SMS goes over the air (3GPP TS 23.038): one character outside the small alphabet makes all 16 bits wide.
/// </summary>
internal static class Segments
{
    private static readonly SearchValues<char> Basic = SearchValues.Create(
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
        + "abcdefghijklmnopqrstuvwxyzäöñüà");

    private static readonly SearchValues<char> Extended = SearchValues.Create("^{}\\[~]|€\f");

    public static int Count(string body)
    {
        var septets = 0;
        foreach (var c in body)
        {
            if (!Basic.Contains(c) && !Extended.Contains(c))
            {
                return Parts(body.Length, alone: 70, joined: 67);
            }

            septets += Extended.Contains(c) ? 2 : 1;
        }

        return Parts(septets, alone: 160, joined: 153);
    }

    private static int Parts(int length, int alone, int joined) => length <= alone ? 1 : (length + joined - 1) / joined;
}
