using System.Security.Cryptography;
using Npgsql;
using Switchboard.Core.Postgres;
using Switchboard.Core.Security;

namespace Switchboard.Core.Notifications;

/// <summary>
/// The key pair by which push services know this installation (RFC 8292): browsers subscribe with the public key, and messages are signed
/// by the private one. Made by whoever asks first, and never another, since every subscription is bound to it.
/// </summary>
public sealed class VapidKeyStore(NpgsqlDataSource dataSource, SecretProtector secrets, TimeProvider timeProvider)
{
    private const short TheOne = 1;

    private const string ReadSql = "SELECT public_key, private_key FROM vapid_keys WHERE id = $1";

    // of two that make one at the same time, one is kept
    private const string InsertSql =
        "INSERT INTO vapid_keys (id, public_key, private_key, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING";

    /// <summary>The public key: the point of P-256, uncompressed.</summary>
    public async Task<byte[]> PublicKeyAsync(CancellationToken cancellationToken) => (await ReadAsync(cancellationToken)).Public;

    /// <summary>The key pair; the caller disposes it.</summary>
    /// <exception cref="CryptographicException">It was encrypted by a key that is not known any more.</exception>
    public async Task<ECDsa> OpenAsync(CancellationToken cancellationToken)
    {
        var (_, encrypted) = await ReadAsync(cancellationToken);
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(Convert.FromBase64String(secrets.Unprotect(encrypted, SecretColumn.VapidKey, TheOne)), out var _);
        return key;
    }

    /// <summary>A point of P-256, uncompressed (SEC 1, 2.3.3).</summary>
    public static byte[] PointOf(ECParameters key) => [4, .. key.Q.X!, .. key.Q.Y!];

    private async Task<(byte[] Public, byte[] Private)> ReadAsync(CancellationToken cancellationToken)
    {
        var found = await FindAsync(cancellationToken);
        if (found.Count > 0)
            return found[0];

        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await dataSource.Command(
            InsertSql,
            TheOne,
            PointOf(made.ExportParameters(includePrivateParameters: false)),
            secrets.Protect(Convert.ToBase64String(made.ExportPkcs8PrivateKey()), SecretColumn.VapidKey, TheOne),
            timeProvider.GetUtcNow()).RunAsync(cancellationToken);
        return (await FindAsync(cancellationToken))[0];
    }

    private Task<List<(byte[] Public, byte[] Private)>> FindAsync(CancellationToken cancellationToken) =>
        dataSource.Command(ReadSql, TheOne).ListAsync(
            row => (row.GetFieldValue<byte[]>(0), row.GetFieldValue<byte[]>(1)), cancellationToken);
}
