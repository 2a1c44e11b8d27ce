using System.Security.Cryptography;
using Npgsql;
using Switchboard.Core.Security;
using Switchboard.Core.Sms;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.PhoneNumbers;

/// <summary>A number of a user with its open code, locked until the transaction ends.</summary>
/// <param name="PhoneNumber">The number.</param>
/// <param name="VerifiedAt">When it was verified.</param>
/// <param name="Code">Its code, decrypted; null when none is open, or its key is gone.</param>
/// <param name="CodeExpiresAt">Until when it is taken.</param>
/// <param name="CodeTries">Wrong tries so far.</param>
/// <param name="PausedUntil">No code is taken or sent until then.</param>
internal sealed record NumberToVerify(
    string PhoneNumber, DateTimeOffset? VerifiedAt, string? Code, DateTimeOffset? CodeExpiresAt, int CodeTries, DateTimeOffset? PausedUntil)
{
    private const string Sql =
        """
        SELECT phone_number, verified_at, code, code_expires_at, code_tries, paused_until
        FROM user_phone_numbers
        WHERE id = $1 AND user_id = $2
        FOR UPDATE
        """;

    /// <summary>Null when there is none, or it is another's.</summary>
    public static Task<NumberToVerify?> LockAsync(
        NpgsqlTransaction transaction, Guid id, Guid userId, SecretProtector secrets, CancellationToken cancellation) =>
        transaction.Command(Sql, id, userId).FirstAsync(row => Read(row, secrets), cancellation);

    private static NumberToVerify Read(NpgsqlDataReader row, SecretProtector secrets) => new(
        row.GetString(0),
        row.Nullable<DateTimeOffset>(1),
        row.IsDBNull(2) ? null : Decrypt(row.GetFieldValue<byte[]>(2), secrets),
        row.Nullable<DateTimeOffset>(3),
        row.GetInt16(4),
        row.Nullable<DateTimeOffset>(5));

    // a code whose key is gone can be given back by nobody: it is as if it were over
    private static string? Decrypt(byte[] code, SecretProtector secrets)
    {
        try
        {
            return secrets.Unprotect(code, SendVerificationCode.CodePurpose);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
