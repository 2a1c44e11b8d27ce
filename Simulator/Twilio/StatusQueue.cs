using System.Threading.Channels;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Twilio;

/// <summary>A status that is to be told.</summary>
/// <param name="Sms">Of which SMS.</param>
/// <param name="Status">Which one.</param>
/// <param name="ErrorCode">Why it failed, if it did.</param>
/// <param name="At">When it is told at the earliest.</param>
internal sealed record DueStatus(SmsMessage Sms, SmsStatus Status, int? ErrorCode, DateTimeOffset At)
{
    /// <summary>The same in each try.</summary>
    public Guid IdempotencyToken { get; } = Guid.CreateVersion7(At);

    /// <summary>How often it was not accepted.</summary>
    public int Failures { get; init; }

    /// <summary>What is told once this was accepted.</summary>
    public DueStatus? Then { get; init; }
}

/// <summary>Decides what becomes of an SMS and when, and hands the statuses to the callbacks.</summary>
internal sealed class StatusQueue(TimeProvider timeProvider)
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

    /// <summary>What is to become of an SMS that is taken now.</summary>
    public SmsPlan Plan(SmsStatus start)
    {
        var (settings, now) = (_settings, timeProvider.GetUtcNow());
        if (settings.Off!.Value)
        {
            return new SmsPlan(start);
        }

        var sentAt = now.AddMilliseconds(settings.SentDelayMs!.Value);
        var endsAt = now.AddMilliseconds(Math.Max(settings.SentDelayMs.Value, settings.DeliveredDelayMs!.Value));
        return IsUndelivered(settings)
            ? new SmsPlan(start, sentAt, endsAt, SmsStatus.Undelivered, settings.ErrorCode)
            : new SmsPlan(start, sentAt, endsAt);
    }

    /// <summary>Sees to it that the statuses of an SMS that were not told yet are told, each at its time.</summary>
    public void Enqueue(SmsMessage sms)
    {
        if (sms.StatusCallback is null
            || sms.Plan is not { SentAt: { } sentAt, EndsAt: { } endsAt, End: var end, ErrorCode: var errorCode })
        {
            return;
        }

        var sent = sms.WasTold(SmsStatus.Sent) ? null : new DueStatus(sms, SmsStatus.Sent, null, sentAt);
        var ended = sms.WasTold(end) ? null : new DueStatus(sms, end, errorCode, endsAt);
        if (_settings.Order == StatusSettings.InOrder && sent is not null)
        {
            Add(sent with { Then = ended });
            return;
        }

        var first = timeProvider.GetUtcNow();
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

/// <summary>How statuses come: the body and the answer of <c>POST /_sim/twilio/statuses</c>; what is left out stays as it is.</summary>
/// <param name="Off">SMS from now on stay as they were taken.</param>
/// <param name="Order"><c>inOrder</c>: one is told after the one before was acknowledged; or <c>shuffled</c>: within 150 ms, whichever
/// comes first.</param>
/// <param name="Duplicate">Each is told twice.</param>
/// <param name="SentDelayMs">After how long an SMS is sent.</param>
/// <param name="DeliveredDelayMs">After how long it is delivered, or not.</param>
/// <param name="Undelivered">The share of SMS, 0 to 1, that are not delivered.</param>
/// <param name="UndeliveredNext">How many of the next SMS are not delivered.</param>
/// <param name="ErrorCode">Why they are not.</param>
internal sealed record StatusSettings(
    bool? Off = null,
    string? Order = null,
    bool? Duplicate = null,
    int? SentDelayMs = null,
    int? DeliveredDelayMs = null,
    double? Undelivered = null,
    int? UndeliveredNext = null,
    int? ErrorCode = null)
{
    public const string InOrder = "inOrder";
    public const string Shuffled = "shuffled";

    // 30003: the phone is off
    public static StatusSettings Default { get; } = new(false, InOrder, false, 0, 10, 0, 0, 30003);

    public StatusSettings Merge(StatusSettings change) => new(
        change.Off ?? Off,
        change.Order ?? Order,
        change.Duplicate ?? Duplicate,
        change.SentDelayMs ?? SentDelayMs,
        change.DeliveredDelayMs ?? DeliveredDelayMs,
        change.Undelivered ?? Undelivered,
        change.UndeliveredNext ?? UndeliveredNext,
        change.ErrorCode ?? ErrorCode);

    public FieldErrors Errors()
    {
        var errors = new FieldErrors();
        errors.Check("order", Order is null or InOrder or Shuffled, $"Use {InOrder} or {Shuffled}.");
        errors.Check("undelivered", Undelivered is null or (>= 0 and <= 1), "Use a share from 0 to 1.");
        errors.Check("undeliveredNext", UndeliveredNext is null or >= 0, "Use 0 or more SMS.");
        errors.Check("errorCode", ErrorCode is null or (>= 10_000 and <= 99_999), "Use one of Twilio's codes: 30003.");
        errors.Check("sentDelayMs", SentDelayMs is null or (>= 0 and <= 3_600_000), "Use 0 to 3600000 milliseconds.");
        errors.Check("deliveredDelayMs", DeliveredDelayMs is null or (>= 0 and <= 3_600_000), "Use 0 to 3600000 milliseconds.");
        return errors;
    }
}
