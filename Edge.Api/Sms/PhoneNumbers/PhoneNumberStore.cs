using System.Security.Cryptography;
using Npgsql;
using Switchboard.Core.Security;
using Switchboard.Core.Sms;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.PhoneNumbers;

/// <summary>A linked number; never its code.</summary>
/// <param name="Id">Its id.</param>
/// <param name="PhoneNumber">The number, in E.164.</param>
/// <param name="Verified">Whether its code was given back: then its SMS are its user's.</param>
/// <param name="VerifiedAt">When.</param>
/// <param name="CodeSentAt">When the provider took the code that is open.</param>
/// <param name="CodeExpiresAt">Until when the code that was made last is taken; null when there is none.</param>
/// <param name="CodeError">Why the code could not be sent.</param>
/// <param name="TriesLeft">How often the open code may still be tried; null when none is open.</param>
/// <param name="PausedUntil">After too many wrong tries: no code is taken or sent until then.</param>
/// <param name="CreatedAt">When it was linked.</param>
/// <param name="TextsRefused">How many of its SMS were over the hourly limit.</param>
internal sealed record PhoneNumberResponse(
    Guid Id,
    string PhoneNumber,
    bool Verified,
    DateTimeOffset? VerifiedAt,
    DateTimeOffset? CodeSentAt,
    DateTimeOffset? CodeExpiresAt,
    string? CodeError,
    int? TriesLeft,
    DateTimeOffset? PausedUntil,
    DateTimeOffset CreatedAt,
    long TextsRefused);

/// <summary>A number of a user with its open code.</summary>
/// <param name="PhoneNumber">The number.</param>
/// <param name="VerifiedAt">When it was verified.</param>
/// <param name="Code">Its code, decrypted; null when none is open, or its key is gone.</param>
/// <param name="CodeExpiresAt">Until when it is taken.</param>
/// <param name="CodeTries">Wrong tries so far.</param>
/// <param name="PausedUntil">No code is taken or sent until then.</param>
internal sealed record PendingVerification(
    string PhoneNumber, DateTimeOffset? VerifiedAt, string? Code, DateTimeOffset? CodeExpiresAt, int CodeTries, DateTimeOffset? PausedUntil);

/// <summary>The linked phone numbers. Each statement names the user whose number it is.</summary>
internal sealed class PhoneNumberStore(NpgsqlDataSource dataSource, SecretProtector secrets, TimeProvider timeProvider)
{
    // Counted are the last 10,000 SMS that were refused, of all numbers of the user: who is refused a million times must not make this slow.
    private const string Columns =
        """
        p.id, p.phone_number, p.verified_at, p.code IS NOT NULL, p.code_sent_at, p.code_expires_at, p.code_error, p.code_tries,
        p.paused_until, p.created_at,
        (SELECT count(*)
         FROM (SELECT sender FROM sms_messages m WHERE m.user_id = p.user_id AND m.outcome = 'refused' ORDER BY m.id DESC LIMIT 10000) refused
         WHERE refused.sender = p.phone_number)
        """;

    private const string ListSql =
        $"""
        SELECT {Columns}
        FROM user_phone_numbers p
        WHERE p.user_id = $1 AND ($2::uuid IS NULL OR p.id < $2)
        ORDER BY p.id DESC
        LIMIT $3
        """;

    private const string FindSql = $"SELECT {Columns} FROM user_phone_numbers p WHERE p.id = $1 AND p.user_id = $2";

    // The row of the user is locked first, so that numbers linked at the same time count each other.
    private const string CountSql =
        """
        WITH owner AS (SELECT id FROM users WHERE id = $1 FOR UPDATE)
        SELECT count(*) FROM user_phone_numbers, owner WHERE user_id = owner.id
        """;

    private const string LockOwnSql =
        $"""
        SELECT {Columns}
        FROM user_phone_numbers p
        WHERE p.user_id = $1 AND p.phone_number = ANY ($2)
        ORDER BY p.verified_at IS NULL, p.id
        LIMIT 1
        FOR UPDATE OF p
        """;

    private const string IsTakenSql =
        "SELECT count(*) FROM user_phone_numbers WHERE phone_number = ANY ($1) AND verified_at IS NOT NULL AND user_id <> $2";

    private const string InsertSql =
        "INSERT INTO user_phone_numbers (id, user_id, phone_number, created_at) VALUES ($1, $2, $3, $4)";

    private const string PendingSql =
        """
        SELECT phone_number, verified_at, code, code_expires_at, code_tries, paused_until
        FROM user_phone_numbers
        WHERE id = $1 AND user_id = $2
        """;

    private const string LockPendingSql = $"{PendingSql}\nFOR UPDATE";

    private const string IssueCodeSql =
        $"""
        UPDATE user_phone_numbers p
        SET code = $3, code_expires_at = $4, code_tries = 0, code_sent_at = NULL, code_error = NULL, paused_until = NULL
        WHERE id = $1 AND user_id = $2
        RETURNING {Columns}
        """;

    private const string VerifySql =
        """
        UPDATE user_phone_numbers
        SET verified_at = $3, code = NULL, code_expires_at = NULL, code_tries = 0, code_error = NULL, paused_until = NULL
        WHERE id = $1 AND user_id = $2
        """;

    private const string CountTrySql = "UPDATE user_phone_numbers SET code_tries = code_tries + 1 WHERE id = $1 AND user_id = $2";

    private const string PauseSql =
        """
        UPDATE user_phone_numbers
        SET code_tries = code_tries + 1, code = NULL, code_expires_at = NULL, paused_until = $3
        WHERE id = $1 AND user_id = $2
        """;

    private const string DeleteSql = "DELETE FROM user_phone_numbers WHERE id = $1 AND user_id = $2 RETURNING phone_number";

    /// <summary>The numbers of a user, newest first.</summary>
    public Task<List<PhoneNumberResponse>> ListAsync(Guid userId, Guid? after, int count, CancellationToken cancellationToken) =>
        dataSource.Command(ListSql, userId, after, count).ListAsync(Reader(), cancellationToken);

    /// <summary>A number as it is now, within the transaction that changed it.</summary>
    public Task<PhoneNumberResponse?> FindAsync(NpgsqlTransaction transaction, Guid id, Guid userId, CancellationToken cancellationToken) =>
        transaction.Command(FindSql, id, userId).FirstAsync(Reader(), cancellationToken);

    /// <summary>How many numbers the user has; who links one at the same time waits.</summary>
    public Task<long> CountAsync(NpgsqlTransaction transaction, Guid userId, CancellationToken cancellationToken) =>
        transaction.Command(CountSql, userId).ScalarAsync<long>(cancellationToken);

    /// <summary>The user's own link of this number, locked until the transaction ends; null when there is none.</summary>
    public Task<PhoneNumberResponse?> LockOwnAsync(
        NpgsqlTransaction transaction, Guid userId, string number, CancellationToken cancellationToken) =>
        transaction.Command(LockOwnSql, userId, PhoneNumber.FormsOf(number).ToArray()).FirstAsync(Reader(), cancellationToken);

    /// <summary>Whether another user has verified this number.</summary>
    public async Task<bool> IsTakenAsync(NpgsqlTransaction transaction, Guid userId, string number, CancellationToken cancellationToken) =>
        await transaction.Command(IsTakenSql, PhoneNumber.FormsOf(number).ToArray(), userId).ScalarAsync<long>(cancellationToken) > 0;

    /// <summary>Links a number.</summary>
    public Task InsertAsync(NpgsqlTransaction transaction, Guid id, Guid userId, string number, CancellationToken cancellationToken) =>
        transaction.Command(InsertSql, id, userId, number, timeProvider.GetUtcNow().ToStorable()).RunAsync(cancellationToken);

    /// <summary>A number with its open code; null when there is none, or it is another's.</summary>
    public Task<PendingVerification?> FindPendingAsync(Guid id, Guid userId, CancellationToken cancellationToken) =>
        dataSource.Command(PendingSql, id, userId).FirstAsync(ReadPending, cancellationToken);

    /// <summary>The same, locked until the transaction ends.</summary>
    public Task<PendingVerification?> LockPendingAsync(
        NpgsqlTransaction transaction, Guid id, Guid userId, CancellationToken cancellationToken) =>
        transaction.Command(LockPendingSql, id, userId).FirstAsync(ReadPending, cancellationToken);

    /// <summary>Gives a number a new code, which makes the one before void; null when the number is not the user's.</summary>
    public Task<PhoneNumberResponse?> IssueCodeAsync(
        NpgsqlTransaction transaction, Guid id, Guid userId, CancellationToken cancellationToken)
    {
        var code = secrets.Protect(VerificationCode.New(), SendVerificationCode.CodePurpose);
        var expiresAt = (timeProvider.GetUtcNow() + VerificationCode.Lifetime).ToStorable();
        return transaction.Command(IssueCodeSql, id, userId, code, expiresAt).FirstAsync(Reader(), cancellationToken);
    }

    /// <summary>The number is the user's; false when another user verified the same number a moment before.</summary>
    public async Task<bool> TryVerifyAsync(NpgsqlTransaction transaction, Guid id, Guid userId, CancellationToken cancellationToken)
    {
        try
        {
            await transaction.Command(VerifySql, id, userId, timeProvider.GetUtcNow()).RunAsync(cancellationToken);
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }
    }

    /// <summary>Counts a wrong try.</summary>
    public Task CountTryAsync(NpgsqlTransaction transaction, Guid id, Guid userId, CancellationToken cancellationToken) =>
        transaction.Command(CountTrySql, id, userId).RunAsync(cancellationToken);

    /// <summary>Counts the last wrong try: the code is void and the number pauses.</summary>
    public Task PauseAsync(NpgsqlTransaction transaction, Guid id, Guid userId, CancellationToken cancellationToken) =>
        transaction.Command(PauseSql, id, userId, timeProvider.GetUtcNow() + VerificationCode.Pause).RunAsync(cancellationToken);

    /// <summary>Unlinks a number; null when there is none, or it is another's.</summary>
    public Task<string?> DeleteAsync(Guid id, Guid userId, CancellationToken cancellationToken) =>
        dataSource.Command(DeleteSql, id, userId).FirstAsync(row => row.GetString(0), cancellationToken);

    private Func<NpgsqlDataReader, PhoneNumberResponse> Reader()
    {
        var now = timeProvider.GetUtcNow();
        return row => Read(row, now);
    }

    private static PhoneNumberResponse Read(NpgsqlDataReader row, DateTimeOffset now)
    {
        var verifiedAt = row.Nullable<DateTimeOffset>(2);
        var expiresAt = row.Nullable<DateTimeOffset>(5);
        var pausedUntil = row.Nullable<DateTimeOffset>(8);
        return new(
            row.GetGuid(0),
            row.GetString(1),
            verifiedAt is not null,
            verifiedAt,
            row.Nullable<DateTimeOffset>(4),
            expiresAt,
            row.Text(6),
            row.GetBoolean(3) && expiresAt > now ? VerificationCode.MaxTries - row.GetInt16(7) : null,
            pausedUntil > now ? pausedUntil : null,
            row.GetFieldValue<DateTimeOffset>(9),
            row.GetInt64(10));
    }

    private PendingVerification ReadPending(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.Nullable<DateTimeOffset>(1),
        row.IsDBNull(2) ? null : Decrypt(row.GetFieldValue<byte[]>(2)),
        row.Nullable<DateTimeOffset>(3),
        row.GetInt16(4),
        row.Nullable<DateTimeOffset>(5));

    // a code whose key is gone can be given back by nobody: it is as if it were over
    private string? Decrypt(byte[] code)
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
