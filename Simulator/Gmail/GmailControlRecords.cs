namespace Switchboard.Simulator.Gmail;

/// <summary>What <c>POST /_sim/gmail/messages</c> answers for a mail.</summary>
internal sealed record AddedMail(string Id, string ThreadId, string To, string HistoryId);

/// <summary>What <c>POST /_sim/gmail/repeat</c> answers; <c>edgeStatus</c> is what the webhook answered, missing when it did not.</summary>
internal sealed record RepeatedPush(string MessageId, string Address, long HistoryId, int? EdgeStatus);

/// <summary>A mailbox of <c>GET /_sim/gmail/mailboxes</c>.</summary>
internal sealed record MailboxView(
    string Address, int Messages, string HistoryId, DateTimeOffset? WatchedUntil, bool IsStopped, bool IsRevoked, string RefreshToken);

/// <summary>The body of <c>POST /_sim/gmail/revoke</c> and <c>/restore</c>.</summary>
internal sealed record MailboxName(string? Address);

/// <summary>The body of <c>POST /_sim/gmail/tokens</c>.</summary>
/// <param name="LifetimeSeconds">How long tokens given out from now on are good for.</param>
/// <param name="ExpireNow">Whether those given out so far end now.</param>
internal sealed record TokenSettings(int? LifetimeSeconds = null, bool ExpireNow = false);
