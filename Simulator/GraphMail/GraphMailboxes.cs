using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Graph;
using Switchboard.Simulator.GraphPlan;

namespace Switchboard.Simulator.GraphMail;

/// <summary>The mailboxes of Microsoft 365. One is there from the start, all others a control call makes.</summary>
internal sealed class GraphMailboxes
{
    public const string Demo = "demo@example.com";
    private const int DemoSeed = 1;
    private readonly ConcurrentDictionary<string, GraphMailbox> _byAddress = new(StringComparer.OrdinalIgnoreCase);
    private readonly GraphLimits _limits;
    private readonly TimeProvider _time;
    private long _lastGeneration;

    public GraphMailboxes(GraphLimits limits, IOptions<GraphOptions> options, TimeProvider time)
    {
        (_limits, _time) = (limits, time);
        // above those of former runs, whose delta tokens mean nothing any more
        _lastGeneration = time.GetUtcNow().ToUnixTimeMilliseconds() << 20;
        // up to midnight: another run on the same day has the same mails
        Make(new MailboxSpec(Demo, options.Value.DemoMessages, 0.4, 30, 0.05, 0.02, DemoSeed, new DateTimeOffset(time.GetUtcNow().Date, TimeSpan.Zero)));
    }

    public IEnumerable<GraphMailbox> All => _byAddress.Values;

    public GraphMailbox? Find(string? address) => address is null ? null : _byAddress.GetValueOrDefault(address);

    /// <summary>Makes a mailbox, in the place of the one that there was.</summary>
    public GraphMailbox Make(MailboxSpec spec) =>
        _byAddress[spec.Address] = new GraphMailbox(spec, new RequestGate(_limits, _time), Interlocked.Add(ref _lastGeneration, 1 << 20));

    public bool Delete(string address) => _byAddress.TryRemove(address, out _);
}
