using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Switchboard.Simulator.Microsoft;

/// <summary>The mailboxes of Microsoft 365. One is there from the start, all others a control call makes.</summary>
internal sealed class GraphMailboxes
{
    public const string Demo = "demo@example.com";
    private const int DemoSeed = 1;
    private readonly ConcurrentDictionary<string, GraphMailbox> _byAddress = new(StringComparer.OrdinalIgnoreCase);
    private readonly GraphLimits _limits;
    private readonly TimeProvider _time;
    private long _lastGeneration;

    public GraphMailboxes(GraphLimits limits, IOptions<GraphOptions> options, TimeProvider timeProvider)
    {
        (_limits, _time) = (limits, timeProvider);
        // above those of former runs, whose delta tokens mean nothing any more
        _lastGeneration = timeProvider.GetUtcNow().ToUnixTimeMilliseconds() << 20;
        // up to midnight: another run on the same day has the same mails
        Make(new MailboxSpec(Demo, options.Value.DemoMessages, 0.4, 30, 0.05, 0.02, DemoSeed,
            new DateTimeOffset(timeProvider.GetUtcNow().Date, TimeSpan.Zero)));
    }

    public IEnumerable<GraphMailbox> All => _byAddress.Values;

    public GraphMailbox? Find(string? address) => address is null ? null : _byAddress.GetValueOrDefault(address);

    /// <summary>Makes a mailbox, in the place of the one that there was.</summary>
    public GraphMailbox Make(MailboxSpec spec) =>
        _byAddress[spec.Address] = new GraphMailbox(spec, new RequestGate(_limits, _time), Interlocked.Add(ref _lastGeneration, 1 << 20));

    public bool Delete(string address) => _byAddress.TryRemove(address, out _);
}

/// <summary>All that there is to know of a planned mailbox: the same values make the same mails.</summary>
/// <param name="Address">Whose mailbox.</param>
/// <param name="Messages">How many mails were sent.</param>
/// <param name="ReplyRate">The share of them that was answered, 0 to 1.</param>
/// <param name="SpanDays">Over how many days they were sent.</param>
/// <param name="AutoReplyRate">The share that met an out-of-office, whatever came after it.</param>
/// <param name="BounceRate">The share that came back.</param>
/// <param name="Seed">For another mailbox of the same kind.</param>
/// <param name="Until">The end of the span: nothing was sent or received after it.</param>
internal sealed record MailboxSpec(
    string Address,
    int Messages,
    double ReplyRate,
    double SpanDays,
    double AutoReplyRate,
    double BounceRate,
    long Seed,
    DateTimeOffset Until)
{
    public const int MostMessages = 10_000_000;

    public string Domain => Address[(Address.IndexOf('@', StringComparison.Ordinal) + 1)..];
}
