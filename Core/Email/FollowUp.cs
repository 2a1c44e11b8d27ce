namespace Switchboard.Core.Email;

/// <summary>When and how an account's owner is reminded of a mail that was not answered.</summary>
/// <param name="AfterWorkingDays">So many days from Monday to Friday after it was sent, or after the reminder before.</param>
/// <param name="MaxReminders">How often, for one mail.</param>
/// <param name="TimeZone">In whose days is counted, an IANA name.</param>
/// <param name="Channel">Over which channel of notifications.</param>
/// <param name="Recipient">To whom, in the form of the channel.</param>
public sealed record FollowUp(int AfterWorkingDays, int MaxReminders, string TimeZone, string Channel, string Recipient);
