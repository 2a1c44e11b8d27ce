using System.Net;
using Switchboard.Core.Providers;

namespace Switchboard.Tests.Unit.Providers;

public sealed class PublicAddressTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.0.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.10")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::7f00:1")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001:0:53aa:64c::1")]
    [InlineData("fc00::1")]
    [InlineData("fd12:3456::1")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("2001:db8::1")]
    public void Addresses_of_ones_own_are_not_of_the_internet(string address) => PublicAddress.Is(IPAddress.Parse(address)).ShouldBeFalse();

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("9.255.255.255")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.1")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.1")]
    [InlineData("54.231.0.1")]
    [InlineData("::ffff:54.231.0.1")]
    [InlineData("64:ff9b::54.231.0.1")]
    [InlineData("2600:1f18::1")]
    [InlineData("2a00:1450:4001:81b::200e")]
    public void Others_are(string address) => PublicAddress.Is(IPAddress.Parse(address)).ShouldBeTrue();
}
