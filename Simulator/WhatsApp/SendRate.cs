using Microsoft.Extensions.Options;

namespace Switchboard.Simulator.WhatsApp;

/// <summary>The limit of messages a second, counted by the clock's seconds.</summary>
internal sealed class SendRate(IOptions<WhatsAppOptions> options, TimeProvider time)
{
    private readonly int _most = options.Value.MessagesPerSecond;
    private readonly Lock _lock = new();
    private long _second;
    private int _taken;

    public bool TryTake()
    {
        if (_most == 0)
        {
            return true;
        }

        lock (_lock)
        {
            var second = time.GetUtcNow().ToUnixTimeSeconds();
            if (second != _second)
            {
                (_second, _taken) = (second, 0);
            }

            return ++_taken <= _most;
        }
    }
}
