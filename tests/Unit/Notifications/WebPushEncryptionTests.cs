using System.Buffers.Text;
using System.Security.Cryptography;
using Switchboard.Workers.Dispatch.Channels.Push;

namespace Switchboard.Tests.Unit.Notifications;

/// <summary>Against the example of RFC 8291, 5 and appendix A.</summary>
public sealed class WebPushEncryptionTests
{
    private const string SenderPrivate = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
    private const string SenderPublic = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
    private const string BrowserPublic = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    private const string AuthSecret = "BTBZMqHH6r4Tts7J_aSIgg";

    [Fact]
    public void A_message_is_encrypted_as_the_standard_has_it()
    {
        using var sender = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            D = Bytes(SenderPrivate),
            Q = new() { X = Bytes(SenderPublic)[1..33], Y = Bytes(SenderPublic)[33..] },
        });

        var encrypted = WebPushEncryption.Encrypt(
            "When I grow up, I want to be a watermelon"u8, Bytes(BrowserPublic), Bytes(AuthSecret), sender, Bytes("DGv6ra1nlYgDCS1FRnbzlw"));

        Base64Url.EncodeToString(encrypted).ShouldBe(
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
            + "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN");
    }

    [Fact]
    public void The_longest_message_fills_what_a_push_service_takes()
    {
        WebPushEncryption.MaxPlain.ShouldBe(3_993);
        WebPushEncryption.Encrypt(new byte[3_993], Bytes(BrowserPublic), Bytes(AuthSecret)).Length.ShouldBe(4_096);
        Should.Throw<ArgumentOutOfRangeException>(() => WebPushEncryption.Encrypt(new byte[3_994], Bytes(BrowserPublic), Bytes(AuthSecret)));
    }

    [Fact]
    public void No_two_messages_are_encrypted_alike() =>
        WebPushEncryption.Encrypt("same"u8, Bytes(BrowserPublic), Bytes(AuthSecret))
            .ShouldNotBe(WebPushEncryption.Encrypt("same"u8, Bytes(BrowserPublic), Bytes(AuthSecret)));

    [Theory]
    [InlineData("")]
    [InlineData("BCVxsr7N")]
    [InlineData("AyVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcx")]
    [InlineData("BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void A_key_that_is_no_point_of_the_curve_is_refused(string key) =>
        Should.Throw<CryptographicException>(() => WebPushEncryption.Encrypt("x"u8, Bytes(key), Bytes(AuthSecret)));

    private static byte[] Bytes(string text) => Base64Url.DecodeFromChars(text);
}
