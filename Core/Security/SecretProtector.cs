using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Switchboard.Core.Security;

/// <summary>
/// Encrypts what must be readable again but not at rest: tokens of providers. AES-256-GCM (NIST SP 800-38D) under a key that
/// HKDF (RFC 5869) derives from the configured secret, with a random nonce. The purpose is authenticated with it, so that what was
/// encrypted for one purpose decrypts for no other.
/// The result is: version (1 byte), key id (4), nonce (12), tag (16), ciphertext; the key id tells which key decrypts, so that
/// keys can be rotated.
/// </summary>
public sealed class SecretProtector
{
    private const int KeyBytes = 32;
    private const byte Version = 1;
    private const int IdBytes = 4;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int NonceAt = 1 + IdBytes;
    private const int TagAt = NonceAt + NonceBytes;
    private const int HeaderBytes = TagAt + TagBytes;

    private readonly uint _currentId;
    private readonly Dictionary<uint, byte[]> _keys;

    /// <summary>Takes the keys.</summary>
    public SecretProtector(IOptions<EncryptionOptions> options)
    {
        var current = KeyOf(options.Value.Key);
        _currentId = IdOf(current);
        _keys = options.Value.PreviousKeys.Select(KeyOf).Append(current)
            .DistinctBy(IdOf).ToDictionary(IdOf);
    }

    /// <summary>Encrypts a text.</summary>
    /// <param name="plain">The text.</param>
    /// <param name="purpose">What it is for; needed again to decrypt.</param>
    public byte[] Protect(string plain, string purpose) => Protect(Encoding.UTF8.GetBytes(plain), purpose);

    /// <summary>Encrypts bytes.</summary>
    /// <param name="plain">The bytes.</param>
    /// <param name="purpose">What they are for; needed again to decrypt.</param>
    public byte[] Protect(ReadOnlySpan<byte> plain, string purpose)
    {
        var data = new byte[HeaderBytes + plain.Length];
        data[0] = Version;
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(1), _currentId);
        var nonce = data.AsSpan(NonceAt, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_keys[_currentId], TagBytes);
        aes.Encrypt(nonce, plain, data.AsSpan(HeaderBytes), data.AsSpan(TagAt, TagBytes), Encoding.UTF8.GetBytes(purpose));
        return data;
    }

    /// <summary>Decrypts a text.</summary>
    /// <param name="data">What <see cref="Protect(string, string)"/> gave.</param>
    /// <param name="purpose">The same purpose.</param>
    /// <exception cref="CryptographicException">It was changed, is for another purpose, or its key is not known any more.</exception>
    public string Unprotect(byte[] data, string purpose) => Encoding.UTF8.GetString(UnprotectBytes(data, purpose));

    /// <summary>Decrypts bytes.</summary>
    /// <param name="data">What <see cref="Protect(ReadOnlySpan{byte}, string)"/> gave.</param>
    /// <param name="purpose">The same purpose.</param>
    /// <exception cref="CryptographicException">It was changed, is for another purpose, or its key is not known any more.</exception>
    public byte[] UnprotectBytes(ReadOnlySpan<byte> data, string purpose)
    {
        if (data.Length < HeaderBytes || data[0] != Version)
            throw new CryptographicException("This was not encrypted by SecretProtector.");
        var id = BinaryPrimitives.ReadUInt32BigEndian(data[1..]);
        if (!_keys.TryGetValue(id, out var key))
            throw new CryptographicException(
                $"It was encrypted by key {id:x8}, which is neither Encryption:Key nor one of Encryption:PreviousKeys.");
        var plain = new byte[data.Length - HeaderBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(
            data.Slice(NonceAt, NonceBytes), data[HeaderBytes..], data.Slice(TagAt, TagBytes), plain, Encoding.UTF8.GetBytes(purpose));
        return plain;
    }

    private static byte[] KeyOf(string secret) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), KeyBytes, info: "switchboard secrets at rest"u8.ToArray());

    private static uint IdOf(byte[] key) => BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(key));
}
