using Switchboard.Core.Rules;

namespace Switchboard.Tests.Unit.Rules;

public sealed class SenderAddressTests
{
    [Theory]
    [InlineData("billing@acme.test", "billing@acme.test", "acme.test")]
    [InlineData("  Billing@ACME.Test ", "billing@acme.test", "acme.test")]
    [InlineData("Acme Billing <billing@acme.test>", "billing@acme.test", "acme.test")]
    [InlineData("<billing@acme.test>", "billing@acme.test", "acme.test")]
    [InlineData("Acme Billing <billing@acme.test", "billing@acme.test", "acme.test")]
    [InlineData("\"Doe, J. <boss@example.com>\" <evil@other.test>", "evil@other.test", "other.test")]
    [InlineData("\"say \\\"<boss@example.com>\\\"\" <evil@other.test>", "evil@other.test", "other.test")]
    [InlineData("boss@example.com <evil@other.test>", "evil@other.test", "other.test")]
    [InlineData("boss <boss@example.com> <evil@other.test>", "evil@other.test", "other.test")]
    [InlineData("<boss@example.com>, <evil@other.test>", "boss@example.com", "example.com")]
    [InlineData("billing@acme.test (the <real> one)", "billing@acme.test", "acme.test")]
    [InlineData("(nested (comment)) billing@acme.test", "billing@acme.test", "acme.test")]
    [InlineData("one@acme.test, two@other.test", "one@acme.test", "acme.test")]
    [InlineData("Doe, Jane <jane@acme.test>, two@other.test", "jane@acme.test", "acme.test")]
    [InlineData("\"john smith\"@acme.test", "\"john smith\"@acme.test", "acme.test")]
    [InlineData("\"Acme <billing@acme.test>", "billing@acme.test", "acme.test")]
    [InlineData("Acme :-( <billing@acme.test>", "billing@acme.test", "acme.test")]
    [InlineData("billing@acme.test.", "billing@acme.test.", "acme.test")]
    [InlineData("请款 <财务@公司.test>", "财务@公司.test", "公司.test")]
    [InlineData("🦊 <fox@acme.test>", "fox@acme.test", "acme.test")]
    [InlineData("a\0b@acme.test", "a\0b@acme.test", "acme.test")]
    [InlineData("Mail Delivery Subsystem", "mail delivery subsystem", "")]
    [InlineData("", "", "")]
    [InlineData("<>", "", "")]
    [InlineData("\"", "\"", "")]
    public void The_address_is_read_out_of_a_from_header(string from, string address, string domain) =>
        SenderAddress.Parse(from).ShouldBe(new SenderAddress(address, domain));
}
