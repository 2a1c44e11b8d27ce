using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Switchboard.Core.Security;

namespace Switchboard.Tests.Unit.Secrets;

public sealed class SecretProtectorTests
{
    private static readonly string Key = Convert.ToBase64String(new byte[32]);
    private static readonly string NextKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private readonly SecretProtector _protector = With(Key);

    [Theory]
    [InlineData("")]
    [InlineData("ya29.a0AfH6SMB")]
    [InlineData("naïve ☎ 秘密")]
    public void What_was_encrypted_decrypts(string secret) => _protector.Unprotect(_protector.Protect(secret, "p"), "p").ShouldBe(secret);

    [Fact]
    public void The_same_secret_never_looks_the_same_twice() =>
        _protector.Protect("secret", "p").ShouldNotBe(_protector.Protect("secret", "p"));

    [Fact]
    public void It_decrypts_for_no_other_purpose() =>
        Should.Throw<CryptographicException>(() => _protector.Unprotect(_protector.Protect("secret", "mailbox:1"), "mailbox:2"));

    [Fact]
    public void A_change_anywhere_is_noticed()
    {
        var data = _protector.Protect("secret", "p");
        for (var i = 0; i < data.Length; i++)
        {
            var changed = data.ToArray();
            changed[i] ^= 1;
            Should.Throw<CryptographicException>(() => _protector.Unprotect(changed, "p"));
        }

        Should.Throw<CryptographicException>(() => _protector.Unprotect(data[..20], "p"));
    }

    [Fact]
    public void After_a_rotation_the_new_key_encrypts_and_the_old_one_still_decrypts_until_it_is_removed()
    {
        var old = _protector.Protect("secret", "p");
        var rotated = With(NextKey, Key);

        rotated.Unprotect(old, "p").ShouldBe("secret");
        With(NextKey).Unprotect(rotated.Protect("secret", "p"), "p").ShouldBe("secret");
        Should.Throw<CryptographicException>(() => With(NextKey).Unprotect(old, "p")).Message.ShouldContain("PreviousKeys");
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("c2hvcnQ=")]
    [InlineData("0123456789012345678901234567890")]
    public void A_key_that_is_none_stops_the_start_and_says_how_to_make_one(string key)
    {
        var validator = new EncryptionOptionsValidator();

        validator.Validate(null, new EncryptionOptions { Key = key }).FailureMessage!.ShouldContain("openssl rand -base64 32");
        validator.Validate(null, new EncryptionOptions { Key = Key, PreviousKeys = { key } }).Failed.ShouldBeTrue();
        validator.Validate(null, new EncryptionOptions { Key = Key, PreviousKeys = { NextKey } }).Succeeded.ShouldBeTrue();
    }

    private static SecretProtector With(string key, params string[] previous) =>
        new(Options.Create(new EncryptionOptions { Key = key, PreviousKeys = [.. previous] }));
}
