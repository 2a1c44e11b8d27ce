using System.ComponentModel;

namespace Switchboard.Edge.Api.Sms.PhoneNumbers;

/// <summary>Who has a number.</summary>
/// <param name="PhoneNumberId">The row in <c>user_phone_numbers</c>: the verified one, or the first that waits to be; null when there is none.</param>
/// <param name="UserId">Whose that is.</param>
[ImmutableObject(true)]
internal sealed record NumberLink(Guid? PhoneNumberId, Guid? UserId)
{
    /// <summary>It is nobody's.</summary>
    public static NumberLink None { get; } = new(null, null);
}
