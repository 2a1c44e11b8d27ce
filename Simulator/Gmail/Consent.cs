namespace Switchboard.Simulator.Gmail;

/// <summary>What the owner of a mailbox allowed.</summary>
/// <param name="Address">Whose mailbox: what <c>me</c> stands for.</param>
/// <param name="OpensAll">Whether it opens the others too.</param>
internal sealed record Consent(string Address, bool OpensAll);
