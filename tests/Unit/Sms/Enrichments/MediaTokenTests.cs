using Microsoft.Extensions.Options;
using Switchboard.Core.Security;
using Switchboard.Edge.Api.Sms.Enrichments;

namespace Switchboard.Tests.Unit.Sms.Enrichments;

public sealed class MediaTokenTests
{
    private static readonly SecretProtector Secrets = Protector("a secret of at least thirty-two characters");
    private static readonly MediaToken Token = new(Guid.CreateVersion7(), new(2026, 11, 22, 12, 15, 0, TimeSpan.Zero));

    [Fact]
    public void A_token_says_which_item_and_until_when()
    {
        MediaToken.TryDecode(Secrets, Token.Encode(Secrets), out var read).ShouldBeTrue();

        read.ShouldBe(Token);
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    public void A_token_opens_its_file_until_its_time_and_is_still_read_after(int seconds, bool hasEnded)
    {
        MediaToken.TryDecode(Secrets, Token.Encode(Secrets), out var read).ShouldBeTrue();

        read.HasEnded(Token.ExpiresAt.AddSeconds(seconds)).ShouldBe(hasEnded);
    }

    [Fact]
    public void A_token_that_was_changed_in_any_place_is_none()
    {
        var text = Token.Encode(Secrets);
        for (var i = 0; i < text.Length - 1; i++)
        {
            var changed = text[..i] + (text[i] == 'A' ? 'B' : 'A') + text[(i + 1)..];
            MediaToken.TryDecode(Secrets, changed, out _).ShouldBeFalse(changed);
        }
    }

    [Fact]
    public void What_was_encrypted_for_something_else_opens_no_file() =>
        MediaToken.TryDecode(Secrets, System.Buffers.Text.Base64Url.EncodeToString(Secrets.Protect(new byte[24], "another purpose")), out _)
            .ShouldBeFalse();

    [Fact]
    public void A_token_of_another_house_is_none() =>
        MediaToken.TryDecode(Secrets, Token.Encode(Protector("another secret of thirty-two characters")), out _).ShouldBeFalse();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("not base64url!")]
    [InlineData("AAAA")]
    public void What_is_no_token_is_none(string? text) => MediaToken.TryDecode(Secrets, text, out _).ShouldBeFalse();

    [Fact]
    public void A_token_of_any_length_is_refused() =>
        MediaToken.TryDecode(Secrets, new string('A', 100_000), out _).ShouldBeFalse();

    private static SecretProtector Protector(string key) => new(Options.Create(new EncryptionOptions { Key = key }));
}
