using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Switchboard.Core.Security;

/// <summary>
/// Encrypts what must be readable again but not at rest: tokens of providers. AES-256-GCM (NIST SP 800-38D) with a random nonce, under a
/// key for each purpose that HKDF (RFC 5869) derives from the configured secret. Where it belongs, such as the row of a table, is
/// authenticated with it: what was encrypted for one purpose or place decrypts for no other.
/// The result is: version (1 byte), key id (4), nonce (12), tag (16), ciphertext; the key id tells which secret decrypts, so that
/// secrets can be changed. Version 1, which is still read, had one key for all purposes and was bound to no place.
/// </summary>
public sealed class SecretProtector
{
    private const int KeyBytes = 32;
    private const byte Version = 2;
    private const byte UnboundVersion = 1;
    private const int IdBytes = 4;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int NonceAt = 1 + IdBytes;
    private const int TagAt = NonceAt + NonceBytes;
    private const int HeaderBytes = TagAt + TagBytes;
    private const string Info = "switchboard secrets at rest";

    private readonly uint _currentId;
    private readonly Dictionary<uint, string> _secrets;
    private readonly ConcurrentDictionary<(uint Id, string Purpose), byte[]> _keys = new();

    /// <summary>Takes the secrets.</summary>
    public SecretProtector(IOptions<EncryptionOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _currentId = IdOf(options.Value.Key);
        _secrets = options.Value.PreviousKeys.Append(options.Value.Key).DistinctBy(IdOf).ToDictionary(IdOf);
    }

    /// <summary>How everything begins that is encrypted as it is today: what begins otherwise is to be encrypted again.</summary>
    public byte[] CurrentPrefix
    {
        get
        {
            var prefix = new byte[NonceAt];
            prefix[0] = Version;
            BinaryPrimitives.WriteUInt32BigEndian(prefix.AsSpan(1), _currentId);
            return prefix;
        }
    }

    /// <summary>Encrypts a text.</summary>
    /// <param name="plain">The text.</param>
    /// <param name="purpose">What it is for, one of a few words; needed again to decrypt.</param>
    /// <param name="place">Where it is kept, for which a <see cref="SecretColumn"/> stands; needed again to decrypt.</param>
    public byte[] Protect(string plain, string purpose, string place = "") => Protect(Encoding.UTF8.GetBytes(plain), purpose, place);

    /// <summary>Encrypts bytes.</summary>
    /// <param name="plain">The bytes.</param>
    /// <param name="purpose">What they are for, one of a few words; needed again to decrypt.</param>
    /// <param name="place">Where they are kept; needed again to decrypt.</param>
    public byte[] Protect(ReadOnlySpan<byte> plain, string purpose, string place = "")
    {
        var data = new byte[HeaderBytes + plain.Length];
        CurrentPrefix.CopyTo(data, 0);
        var nonce = data.AsSpan(NonceAt, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(KeyOf(_currentId, purpose), TagBytes);
        aes.Encrypt(nonce, plain, data.AsSpan(HeaderBytes), data.AsSpan(TagAt, TagBytes), Encoding.UTF8.GetBytes(place));
        return data;
    }

    /// <summary>Decrypts a text.</summary>
    /// <param name="data">What <see cref="Protect(string, string, string)"/> gave.</param>
    /// <param name="purpose">The same purpose.</param>
    /// <param name="place">The same place.</param>
    /// <exception cref="CryptographicException">It was changed, is of another purpose or place, or its secret is not known any
    /// more.</exception>
    public string Unprotect(byte[] data, string purpose, string place = "") =>
        Encoding.UTF8.GetString(UnprotectBytes(data, purpose, place));

    /// <summary>Decrypts bytes.</summary>
    /// <param name="data">What <see cref="Protect(ReadOnlySpan{byte}, string, string)"/> gave.</param>
    /// <param name="purpose">The same purpose.</param>
    /// <param name="place">The same place.</param>
    /// <exception cref="CryptographicException">It was changed, is of another purpose or place, or its secret is not known any
    /// more.</exception>
    public byte[] UnprotectBytes(ReadOnlySpan<byte> data, string purpose, string place = "")
    {
        if (data.Length < HeaderBytes || data[0] is not (Version or UnboundVersion))
            throw new CryptographicException("This was not encrypted by SecretProtector.");
        var id = BinaryPrimitives.ReadUInt32BigEndian(data[1..]);
        if (!_secrets.ContainsKey(id))
            throw new CryptographicException(
                $"It was encrypted by key {id:x8}, which is neither Encryption:Key nor one of Encryption:PreviousKeys.");
        var isUnbound = data[0] == UnboundVersion;
        var plain = new byte[data.Length - HeaderBytes];
        using var aes = new AesGcm(KeyOf(id, isUnbound ? "" : purpose), TagBytes);
        aes.Decrypt(
            data.Slice(NonceAt, NonceBytes), data[HeaderBytes..], data.Slice(TagAt, TagBytes), plain,
            Encoding.UTF8.GetBytes(isUnbound ? purpose : place));
        return plain;
    }

    /// <summary>How long a signature is, in bytes.</summary>
    public const int SignatureBytes = HMACSHA256.HashSizeInBytes;

    /// <summary>Signs what everybody may read and nobody change, such as a link: HMAC-SHA256 under a key for the purpose.</summary>
    public byte[] Sign(ReadOnlySpan<byte> data, string purpose) => HMACSHA256.HashData(KeyOf(_currentId, purpose), data);

    /// <summary>Whether the signature is what <see cref="Sign"/> made of this, by the present secret or a former one.</summary>
    public bool IsSignedBy(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, string purpose)
    {
        foreach (var id in _secrets.Keys)
        {
            if (CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(KeyOf(id, purpose), data), signature))
                return true;
        }

        return false;
    }

    private byte[] KeyOf(uint id, string purpose) => _keys.GetOrAdd((id, purpose), key => Derive(_secrets[key.Id], key.Purpose));

    // without a purpose it is the key of version 1
    private static byte[] Derive(string secret, string purpose) => HKDF.DeriveKey(
        HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), KeyBytes,
        info: Encoding.UTF8.GetBytes(purpose.Length == 0 ? Info : $"{Info}/{purpose}"));

    private static uint IdOf(string secret) => BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Derive(secret, "")));
}

/// <summary>A column that is encrypted, each value bound to its row: put into another row it does not decrypt.</summary>
/// <param name="Table">The table.</param>
/// <param name="Column">Its column, of type bytea.</param>
/// <param name="Purpose">What its values are for.</param>
public sealed record SecretColumn(string Table, string Column, string Purpose)
{
    /// <summary>The code that a phone number was sent.</summary>
    public static SecretColumn PhoneCode { get; } = new("user_phone_numbers", "code", "phone-verification-code");

    /// <summary>The answer to a request with an <c>Idempotency-Key</c>; its row is that of user and key.</summary>
    public static SecretColumn IdempotentAnswer { get; } = new("idempotency_keys", "response", "idempotency-response");

    /// <summary>A token, subscription or webhook that a recipient is reached by.</summary>
    public static SecretColumn RecipientAddress { get; } = new("recipient_addresses", "secret", "recipient-address");

    /// <summary>What signs the webhooks to an endpoint.</summary>
    public static SecretColumn WebhookSecret { get; } = new("webhook_secrets", "secret", "webhook-secret");

    /// <summary>The private key by which push services know this installation; there is one.</summary>
    public static SecretColumn VapidKey { get; } = new("vapid_keys", "private_key", "vapid-key");

    /// <summary>User name and password of a proxy.</summary>
    public static SecretColumn ProxyCredentials { get; } = new("social_proxies", "credentials", "social-proxy-credentials");

    /// <summary>The tokens of an account of a social platform.</summary>
    public static SecretColumn SocialGrant { get; } = new("social_accounts", "refresh_token", "social-grant");

    /// <summary>The secret of the application as it is registered at an instance of Mastodon; its row is that of the server.</summary>
    public static SecretColumn InstanceSecret { get; } = new("social_instances", "client_secret", "social-instance-secret");

    /// <summary>The refresh token of a mailbox, for the purpose of its provider.</summary>
    public static SecretColumn RefreshToken(string purpose) => new("mailboxes", "refresh_token", purpose);

    /// <summary>The place of the value in this row.</summary>
    /// <param name="row">The id of the row, or what else there is one of.</param>
    public string PlaceOf(object row) => $"{Table}.{Column}/{row}";
}

/// <summary>Encrypts columns.</summary>
public static class SecretColumnExtensions
{
    /// <summary>Encrypts the value of a column in a row.</summary>
    public static byte[] Protect(this SecretProtector protector, string plain, SecretColumn column, object row)
    {
        ArgumentNullException.ThrowIfNull(protector);
        ArgumentNullException.ThrowIfNull(column);
        return protector.Protect(plain, column.Purpose, column.PlaceOf(row));
    }

    /// <summary>Decrypts the value of a column in a row.</summary>
    /// <exception cref="CryptographicException">It is not of this row, was changed, or its secret is not known any more.</exception>
    public static string Unprotect(this SecretProtector protector, byte[] data, SecretColumn column, object row)
    {
        ArgumentNullException.ThrowIfNull(protector);
        ArgumentNullException.ThrowIfNull(column);
        return protector.Unprotect(data, column.Purpose, column.PlaceOf(row));
    }
}
