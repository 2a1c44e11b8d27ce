using Switchboard.Load.Mail;

namespace Switchboard.Load.GraphWebhooks;

/// <summary>A mailbox that the product follows.</summary>
/// <param name="Account">The account of it.</param>
/// <param name="Subscription">What the product asked to be told of its mail.</param>
internal sealed record FollowedMailbox(MailAccount Account, MailSubscription Subscription);
