namespace Switchboard.Load.GraphWebhooks;

/// <summary>A mail that notifications tell of.</summary>
/// <param name="Mailbox">Whose it is.</param>
/// <param name="MessageId">Graph's id of it.</param>
internal sealed record ToldMail(FollowedMailbox Mailbox, string MessageId);
