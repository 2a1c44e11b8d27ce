using Switchboard.Core.Sms;

namespace Switchboard.Tests.Unit.Sms.PhoneNumbers;

/// <summary>Whom a sender is, however it is written.</summary>
public sealed class ContactTests
{
    [Theory]
    [InlineData("+15550100001", "+15550100001")]
    [InlineData(" 15550100001", "+15550100001")]
    [InlineData("whatsapp:+15550100001", "+15550100001")]
    [InlineData("+5215512345678", "+525512345678")]
    [InlineData("+525512345678", "+525512345678")]
    [InlineData("whatsapp:+5215512345678", "+525512345678")]
    [InlineData("12345", "12345")]
    [InlineData("SUPPORT", null)]
    [InlineData("whatsapp:SUPPORT", null)]
    [InlineData("messenger:123456", null)]
    [InlineData("15550100001", null)]
    [InlineData("+1", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_contact_is_a_phone_or_a_short_code_and_never_made_up(string? sender, string? contact) =>
        PhoneNumber.ContactOf(sender).ShouldBe(contact);

    [Fact]
    public void A_mexican_number_is_looked_for_in_both_forms()
    {
        PhoneNumber.FormsOf("+5215512345678").ShouldBe(["+525512345678", "+5215512345678"]);
        PhoneNumber.FormsOf("+15550100001").ShouldBe(["+15550100001"]);
    }
}
