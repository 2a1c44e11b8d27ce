using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Switchboard.Workers.Dispatch.Channels.Webhook;

/// <summary>
/// How much each endpoint has under way in this process, so that a slow one holds up no other: what finds no room there comes back when
/// there should be some, by how long the endpoint takes, and holds nothing while it waits. An endpoint that did not answer the last time
/// gets one at a time.
/// </summary>
internal sealed class EndpointGates(IOptions<WebhookDeliveryOptions> options, TimeProvider timeProvider)
{
    /// <summary>However long the line is, each looks again after so long: the endpoint may be well again.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100);
    private const int SweepAbove = 10_000;
    private const double Weight = 0.3;

    private readonly ConcurrentDictionary<Guid, Gate> _gates = new();
    private readonly int _most = options.Value.MaxPerEndpoint;

    /// <summary>Takes a place, which <see cref="Leave"/> gives back; or says when to come back.</summary>
    public bool TryEnter(Guid endpointId, out TimeSpan wait)
    {
        if (_gates.Count > SweepAbove)
            Sweep();
        var now = timeProvider.GetUtcNow();
        while (true)
        {
            var gate = _gates.GetOrAdd(endpointId, static _ => new Gate());
            lock (gate)
            {
                if (gate.IsRemoved)
                    continue;
                var most = gate.IsSilent ? 1 : _most;
                if (gate.UnderWay < most && gate.HeldUntil <= now)
                {
                    gate.UnderWay++;
                    wait = TimeSpan.Zero;
                    return true;
                }

                // each in its turn behind those that were sent away before
                var from = Latest(now, gate.HeldUntil, gate.NextTurn);
                gate.NextTurn = from + TimeSpan.FromSeconds(gate.Seconds / most);
                if (gate.NextTurn > Latest(now, gate.HeldUntil) + LongestWait)
                    gate.NextTurn = Latest(now, gate.HeldUntil) + LongestWait;
                wait = gate.NextTurn - now;
                if (wait < ShortestWait)
                    wait = ShortestWait;
                return false;
            }
        }
    }

    /// <summary>Gives a place back.</summary>
    /// <param name="endpointId">The endpoint.</param>
    /// <param name="took">How long the attempt took; null if there was none.</param>
    /// <param name="isSilent">Whether it was not answered.</param>
    /// <param name="hold">How long nothing is to be sent there; null for not at all.</param>
    public void Leave(Guid endpointId, TimeSpan? took, bool isSilent, TimeSpan? hold)
    {
        if (!_gates.TryGetValue(endpointId, out var gate))
            return;
        lock (gate)
        {
            gate.UnderWay--;
            if (took is { } time)
            {
                gate.Seconds += Weight * (time.TotalSeconds - gate.Seconds);
                gate.IsSilent = isSilent;
            }

            if (hold is { } wait)
                gate.HeldUntil = Latest(gate.HeldUntil, timeProvider.GetUtcNow() + wait);
        }
    }

    private static DateTimeOffset Latest(params ReadOnlySpan<DateTimeOffset> times)
    {
        var latest = times[0];
        foreach (var time in times)
            latest = time > latest ? time : latest;
        return latest;
    }

    // what an endpoint is like is learned again at its next delivery
    private void Sweep()
    {
        var now = timeProvider.GetUtcNow();
        foreach (var (endpointId, gate) in _gates)
        {
            lock (gate)
            {
                if (gate.UnderWay > 0 || Latest(gate.HeldUntil, gate.NextTurn) > now)
                    continue;
                gate.IsRemoved = _gates.TryRemove(endpointId, out _);
            }
        }
    }

    private sealed class Gate
    {
        public int UnderWay;
        public double Seconds = 0.1;
        public bool IsSilent;
        public bool IsRemoved;
        public DateTimeOffset HeldUntil;
        public DateTimeOffset NextTurn;
    }
}
