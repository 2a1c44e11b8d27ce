using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Switchboard.Core.Security;

namespace Switchboard.Tests.Unit.Security;

public sealed partial class SecretProtectorTests
{
    private const string Key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
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
    public void It_decrypts_in_no_other_row()
    {
        var (row, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var data = _protector.Protect("secret", SecretColumn.PhoneCode, row);

        _protector.Unprotect(data, SecretColumn.PhoneCode, row).ShouldBe("secret");
        Should.Throw<CryptographicException>(() => _protector.Unprotect(data, SecretColumn.PhoneCode, other));
        Should.Throw<CryptographicException>(
            () => _protector.Unprotect(data, SecretColumn.PhoneCode with { Column = "another" }, row));
    }

    [Fact]
    public void Each_purpose_has_a_key_of_its_own()
    {
        // the place is authenticated, not what separates purposes: with one key for all, this would decrypt
        var data = _protector.Protect("secret", "one", "place");

        Should.Throw<CryptographicException>(() => _protector.Unprotect(data, "other", "place"));
    }

    [Fact]
    public void What_was_encrypted_before_keys_had_purposes_is_still_read()
    {
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(Key), 32, info: "switchboard secrets at rest"u8.ToArray());
        var (nonce, tag, cipher) = (RandomNumberGenerator.GetBytes(12), new byte[16], new byte[6]);
        using (var aes = new AesGcm(key, 16))
            aes.Encrypt(nonce, "secret"u8, cipher, tag, "phone-verification-code"u8);
        byte[] old = [1, .. SHA256.HashData(key)[..4], .. nonce, .. tag, .. cipher];

        _protector.Unprotect(old, SecretColumn.PhoneCode, Guid.CreateVersion7()).ShouldBe("secret");
        _protector.CurrentPrefix.ShouldNotBe(old[..5]);
        _protector.Protect("secret", "p")[..5].ShouldBe(_protector.CurrentPrefix);
    }

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

    [Theory]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("abcabcabcabcabcabcabcabcabcabcabcabcabc")]
    public void A_key_of_the_same_few_characters_is_none(string key) =>
        new EncryptionOptionsValidator().Validate(null, new EncryptionOptions { Key = key }).FailureMessage!.ShouldContain("Encryption:Key");

    [Theory]
    [InlineData("Switchboard.Core")]
    [InlineData("Switchboard.Edge.Api")]
    [InlineData("Switchboard.Workers.Ingest")]
    [InlineData("Switchboard.Workers.Dispatch")]
    public void Every_option_that_is_a_secret_is_checked_at_start(string assembly) =>
        Assembly.Load(assembly).GetTypes().Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal))
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(property => property.PropertyType == typeof(string) && IsSecret().IsMatch(property.Name))
            // what logs in at somebody's mail server is theirs to choose
            .Where(property => (property.DeclaringType!.Name, property.Name) is not ("SmtpOptions", "Password"))
            .Select(property => property.Name)
            .Where(name => !SecretStrength.Settings.Any(setting => setting.EndsWith($":{name}", StringComparison.Ordinal)))
            .ShouldBeEmpty();

    [GeneratedRegex("(Secret|Token|SecretKey|ApiKey|ClientState|Password)$")]
    private static partial Regex IsSecret();

    private static SecretProtector With(string key, params string[] previous) =>
        new(Options.Create(new EncryptionOptions { Key = key, PreviousKeys = [.. previous] }));
}
