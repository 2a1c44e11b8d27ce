namespace Switchboard.Simulator.Graph;

/// <summary>Why a mailbox takes no request now: <c>MailboxConcurrency</c> or <c>RequestsPerWindow</c>, and when it will.</summary>
internal sealed record Refusal(string Limit, int RetryAfterSeconds);
