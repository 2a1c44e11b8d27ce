using Switchboard.Core.Email;

namespace Switchboard.Core.Rules;

/// <summary>The sender of a message as rules see it: canonical (<see cref="MailAddress"/>), without a display name.</summary>
/// <param name="Address">The whole address; empty when there is none.</param>
/// <param name="Domain">What follows its last <c>@</c>; empty when there is none.</param>
public readonly record struct SenderAddress(string Address, string Domain)
{
    /// <summary>
    /// Reads a From header: <c>a@b.test</c>, <c>Name &lt;a@b.test&gt;</c>, <c>"Doe, J. &lt;x@y.test&gt;" &lt;a@b.test&gt;</c>, with
    /// comments anywhere. Of several senders it is the first. What does not look like an address at all, such as the number of an SMS,
    /// is taken as it stands, so that a rule may still name it; what only looks like one is no sender.
    /// </summary>
    public static SenderAddress Parse(string from)
    {
        ArgumentNullException.ThrowIfNull(from);
        if (!from.Contains('@', StringComparison.Ordinal))
            return new(Bare(from).Trim().ToLowerInvariant(), "");
        var addresses = MailAddress.ReadAll(from);
        return addresses.Count > 0 ? new(addresses[0], MailAddress.DomainOf(addresses[0])) : new("", "");
    }

    private static string Bare(string from) =>
        from.LastIndexOf('<') is var open and >= 0 ? from[(open + 1)..].Split('>')[0] : from;
}
