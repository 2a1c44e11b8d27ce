using System.Buffers.Binary;
using System.Security.Cryptography;
using Switchboard.Core.Notifications;

namespace Switchboard.Workers.Dispatch.Channels.Push;

/// <summary>
/// Encrypts a message so that only the browser that subscribed can read it (RFC 8291), as one record of the content encoding
/// <c>aes128gcm</c> (RFC 8188). Our own and not that of Lib.Net.Http.WebPush, whose encryption cannot be had without its client: that
/// takes no other answer than 201 for a success, signs for an origin without its port, and reads any answer whole.
/// </summary>
internal static class WebPushEncryption
{
    /// <summary>The longest message: a push service takes 4,096 bytes (RFC 8030, 7.2), of which header, padding and tag are 103.</summary>
    public const int MaxPlain = RecordSize - HeaderSize - 1 - TagSize;

    private const int RecordSize = 4_096;
    private const int SaltSize = 16;
    private const int PointSize = 65;
    private const int HeaderSize = SaltSize + 4 + 1 + PointSize;
    private const int TagSize = 16;
    private const byte LastRecord = 2;

    /// <summary>Encrypts a message with a key and a salt that are made for it.</summary>
    /// <param name="plain">The message, at most <see cref="MaxPlain"/> bytes.</param>
    /// <param name="browserKey">The subscription's <c>p256dh</c>.</param>
    /// <param name="authSecret">The subscription's <c>auth</c>.</param>
    /// <exception cref="CryptographicException"><paramref name="browserKey"/> is no point of the curve.</exception>
    public static byte[] Encrypt(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> browserKey, byte[] authSecret)
    {
        using var ours = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return Encrypt(plain, browserKey, authSecret, ours, RandomNumberGenerator.GetBytes(SaltSize));
    }

    internal static byte[] Encrypt(
        ReadOnlySpan<byte> plain, ReadOnlySpan<byte> browserKey, byte[] authSecret, ECDiffieHellman ours, byte[] salt)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plain.Length, MaxPlain);
        var ourKey = VapidKeyStore.PointOf(ours.ExportParameters(includePrivateParameters: false));
        using var browser = Open(browserKey);
        using var browserPublic = browser.PublicKey;
        byte[] info = [.. "WebPush: info\0"u8, .. browserKey, .. ourKey];
        var input = HKDF.DeriveKey(HashAlgorithmName.SHA256, ours.DeriveRawSecretAgreement(browserPublic), 32, authSecret, info);
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, input, 16, salt, "Content-Encoding: aes128gcm\0"u8.ToArray());
        var nonce = HKDF.DeriveKey(HashAlgorithmName.SHA256, input, 12, salt, "Content-Encoding: nonce\0"u8.ToArray());

        var encrypted = new byte[HeaderSize + plain.Length + 1 + TagSize];
        salt.CopyTo(encrypted, 0);
        BinaryPrimitives.WriteInt32BigEndian(encrypted.AsSpan(SaltSize), RecordSize);
        encrypted[SaltSize + 4] = PointSize;
        ourKey.CopyTo(encrypted, SaltSize + 5);
        using var aes = new AesGcm(key, TagSize);
        aes.Encrypt(nonce, [.. plain, LastRecord], encrypted.AsSpan(HeaderSize, plain.Length + 1), encrypted.AsSpan(HeaderSize + plain.Length + 1));
        return encrypted;
    }

    private static ECDiffieHellman Open(ReadOnlySpan<byte> point)
    {
        if (point.Length != PointSize || point[0] != 4)
            throw new CryptographicException("It is no uncompressed point of P-256.");
        return ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new() { X = point[1..33].ToArray(), Y = point[33..].ToArray() },
        });
    }
}
