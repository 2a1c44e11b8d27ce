using System.Threading.Channels;

namespace Switchboard.Simulator.Twilio;

/// <summary>Decides what becomes of a text and when, and hands the statuses to the callbacks.</summary>
internal sealed class StatusQueue(TimeProvider time)
{
    private static readonly TimeSpan ShuffledOver = TimeSpan.FromMilliseconds(150);
    private readonly Channel<DueStatus> _due = Channel.CreateUnbounded<DueStatus>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Lock _change = new();
    private volatile StatusSettings _settings = StatusSettings.Default;
    private int _undeliveredNext;

    public ChannelReader<DueStatus> Reader => _due.Reader;

    public StatusSettings Settings
    {
        get => _settings with { UndeliveredNext = Math.Max(0, Volatile.Read(ref _undeliveredNext)) };
        set
        {
            lock (_change)
            {
                _settings = value;
                Volatile.Write(ref _undeliveredNext, value.UndeliveredNext!.Value);
            }
        }
    }

    /// <summary>What is to become of a text that is taken now.</summary>
    public TextPlan Plan(TextStatus start)
    {
        var (settings, now) = (_settings, time.GetUtcNow());
        if (settings.Off!.Value)
        {
            return new TextPlan(start);
        }

        var sentAt = now.AddMilliseconds(settings.SentDelayMs!.Value);
        var endsAt = now.AddMilliseconds(Math.Max(settings.SentDelayMs.Value, settings.DeliveredDelayMs!.Value));
        return IsUndelivered(settings)
            ? new TextPlan(start, sentAt, endsAt, TextStatus.Undelivered, settings.ErrorCode)
            : new TextPlan(start, sentAt, endsAt);
    }

    /// <summary>Sees to it that the statuses of a text that were not told yet are told, each at its time.</summary>
    public void Enqueue(TextMessage text)
    {
        if (text is not { StatusCallback: not null, Plan: { SentAt: { } sentAt, EndsAt: { } endsAt, End: var end, ErrorCode: var errorCode } })
        {
            return;
        }

        var sent = text.WasTold(TextStatus.Sent) ? null : new DueStatus(text, TextStatus.Sent, null, sentAt);
        var ended = text.WasTold(end) ? null : new DueStatus(text, end, errorCode, endsAt);
        if (_settings.Order == StatusSettings.InOrder && sent is not null)
        {
            Add(sent with { Then = ended });
            return;
        }

        var first = time.GetUtcNow();
        Add(sent is null ? null : sent with { At = first + (Random.Shared.NextDouble() * ShuffledOver) });
        Add(ended is null ? null : ended with { At = first + (Random.Shared.NextDouble() * ShuffledOver) });
    }

    /// <summary>One status; what follows it comes with it.</summary>
    public void Add(DueStatus? status)
    {
        if (status is null)
        {
            return;
        }

        _due.Writer.TryWrite(status);
        if (_settings.Duplicate!.Value && status.Failures == 0)
        {
            _due.Writer.TryWrite(status with { Then = null });
        }
    }

    /// <summary>A status that was not accepted, for another try.</summary>
    public void AddAgain(DueStatus status) => _due.Writer.TryWrite(status);

    private bool IsUndelivered(StatusSettings settings) =>
        (Volatile.Read(ref _undeliveredNext) > 0 && Interlocked.Decrement(ref _undeliveredNext) >= 0)
        || (settings.Undelivered > 0 && Random.Shared.NextDouble() < settings.Undelivered);
}
