using System.Threading.Channels;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Meta;

/// <summary>A status that is to be told.</summary>
/// <param name="Message">Of which message.</param>
/// <param name="Status">Which one.</param>
/// <param name="At">When it happens, and so is told at the earliest.</param>
/// <param name="ErrorCode">Why it failed, if it did.</param>
internal readonly record struct DueStatus(SentMessage Message, MessageStatuses Status, DateTimeOffset At, int? ErrorCode = null);

/// <summary>Decides which statuses a message gets and when, and hands them to the callbacks.</summary>
internal sealed class StatusQueue(TimeProvider timeProvider)
{
    private static readonly TimeSpan ShuffledOver = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan DeliveredJitter = TimeSpan.FromMilliseconds(10);
    private readonly Channel<DueStatus> _due = Channel.CreateUnbounded<DueStatus>(new UnboundedChannelOptions { SingleReader = true });
    private volatile StatusSettings _settings = StatusSettings.Default;

    public StatusSettings Settings
    {
        get => _settings;
        set => _settings = value;
    }

    public ChannelReader<DueStatus> Reader => _due.Reader;

    /// <summary>The statuses that a message taken now will get.</summary>
    public MessageStatuses Promise()
    {
        var settings = _settings;
        return settings.Off!.Value ? MessageStatuses.None
            : settings.Read > 0 && Random.Shared.NextDouble() < settings.Read
                ? MessageStatuses.Sent | MessageStatuses.Delivered | MessageStatuses.Read
            : MessageStatuses.Sent | MessageStatuses.Delivered;
    }

    /// <summary>Sees to it that these statuses of a message are told, each at its time.</summary>
    public void Enqueue(SentMessage message, MessageStatuses statuses)
    {
        var (settings, now) = (_settings, timeProvider.GetUtcNow());
        Add(MessageStatuses.Sent, settings.SentDelayMs!.Value, TimeSpan.Zero);
        Add(MessageStatuses.Delivered, settings.DeliveredDelayMs!.Value, DeliveredJitter);
        Add(MessageStatuses.Read, settings.ReadDelayMs!.Value, TimeSpan.Zero);

        void Add(MessageStatuses status, int delayMs, TimeSpan jitter)
        {
            if (!statuses.HasFlag(status))
            {
                return;
            }

            for (var copy = settings.Duplicate!.Value ? 2 : 1; copy > 0; copy--)
            {
                var delay = settings.Order == StatusSettings.Shuffled
                    ? Random.Shared.NextDouble() * ShuffledOver
                    : TimeSpan.FromMilliseconds(delayMs) + (Random.Shared.NextDouble() * jitter);
                EnqueueOne(new DueStatus(message, status, now + delay));
            }
        }
    }

    public void EnqueueOne(DueStatus status) => _due.Writer.TryWrite(status);
}

/// <summary>How statuses come: the body and the answer of <c>POST /_sim/whatsapp/statuses</c>; what is left out stays as it is.</summary>
/// <param name="Off">No statuses for messages from now on.</param>
/// <param name="Order"><c>inOrder</c>, or <c>shuffled</c>: within 150 ms, whichever comes first.</param>
/// <param name="Duplicate">Each comes twice.</param>
/// <param name="Read">The share of messages, 0 to 1, that are read too.</param>
/// <param name="SentDelayMs">After how long a message is sent.</param>
/// <param name="DeliveredDelayMs">After how long, or up to 10 ms more, it is delivered.</param>
/// <param name="ReadDelayMs">After how long it is read.</param>
internal sealed record StatusSettings(
    bool? Off = null,
    string? Order = null,
    bool? Duplicate = null,
    double? Read = null,
    int? SentDelayMs = null,
    int? DeliveredDelayMs = null,
    int? ReadDelayMs = null)
{
    public const string InOrder = "inOrder";
    public const string Shuffled = "shuffled";
    private const string Delays = "Use 0 to 3600000 milliseconds.";

    public static StatusSettings Default { get; } = new(false, InOrder, false, 0, 0, 10, 50);

    public StatusSettings Merge(StatusSettings change) => new(
        change.Off ?? Off,
        change.Order ?? Order,
        change.Duplicate ?? Duplicate,
        change.Read ?? Read,
        change.SentDelayMs ?? SentDelayMs,
        change.DeliveredDelayMs ?? DeliveredDelayMs,
        change.ReadDelayMs ?? ReadDelayMs);

    public FieldErrors Errors()
    {
        var errors = new FieldErrors();
        errors.Check("order", Order is null or InOrder or Shuffled, $"Use {InOrder} or {Shuffled}.");
        errors.Check("read", Read is null or (>= 0 and <= 1), "Use a share from 0 to 1.");
        errors.Check("sentDelayMs", IsDelay(SentDelayMs), Delays);
        errors.Check("deliveredDelayMs", IsDelay(DeliveredDelayMs), Delays);
        errors.Check("readDelayMs", IsDelay(ReadDelayMs), Delays);
        return errors;
    }

    private static bool IsDelay(int? milliseconds) => milliseconds is null or (>= 0 and <= 3_600_000);
}
