using Switchboard.Simulator.Journal;

namespace Switchboard.Simulator.Twilio;

/// <summary>A text that was taken or sent in. There may be a million: nothing here that is not needed.</summary>
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
internal sealed class TextMessage(
    long sequence,
    string id,
    TextDirection direction,
    string to,
    string from,
    string? messagingServiceSid,
    string body,
    int numMedia,
    string? statusCallback,
    TextPlan plan) : IJournalEntry
{
    private volatile TextPlan _plan = plan;
    private int _told;

    public long Sequence => sequence;

    public string Id => id;

    public TextDirection Direction => direction;

    public string To => to;

    public string From => from;

    public string? MessagingServiceSid => messagingServiceSid;

    public string Body => body;

    public int NumMedia => numMedia;

    public string? StatusCallback => statusCallback;

    public DateTimeOffset At => DateTimeOffset.UnixEpoch.AddMicroseconds(sequence);

    public TextPlan Plan
    {
        get => _plan;
        set => _plan = value;
    }

    /// <summary>Whether the edge has acknowledged a status.</summary>
    public bool WasTold(TextStatus status) => (Volatile.Read(ref _told) & (1 << (int)status)) != 0;

    public void MarkTold(TextStatus status) => Interlocked.Or(ref _told, 1 << (int)status);
}
