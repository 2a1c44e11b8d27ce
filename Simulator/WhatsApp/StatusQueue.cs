using System.Threading.Channels;

namespace Switchboard.Simulator.WhatsApp;

/// <summary>Decides which statuses a message gets and when, and hands them to the callbacks.</summary>
internal sealed class StatusQueue(TimeProvider time)
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
            : settings.Read > 0 && Random.Shared.NextDouble() < settings.Read ? MessageStatuses.Sent | MessageStatuses.Delivered | MessageStatuses.Read
            : MessageStatuses.Sent | MessageStatuses.Delivered;
    }

    /// <summary>Sees to it that these statuses of a message are told, each at its time.</summary>
    public void Enqueue(SentMessage message, MessageStatuses statuses)
    {
        var (settings, now) = (_settings, time.GetUtcNow());
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
