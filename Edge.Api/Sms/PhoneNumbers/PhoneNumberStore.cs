using System.Security.Cryptography;
using Switchboard.Core.Security;
using Switchboard.Core.Sms;

namespace Switchboard.Edge.Api.Sms.PhoneNumbers;

/// <summary>A linked number; never its code.</summary>
/// <param name="Id">Its id.</param>
/// <param name="PhoneNumber">The number, in E.164.</param>
/// <param name="Verified">Whether its code was given back: then its SMS are its user's.</param>
/// <param name="VerifiedAt">When it was verified.</param>
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
/// <param name="WrongTries">Wrong tries of codes of this number so far, of all users.</param>
/// <param name="PausedUntil">No code of this number is taken or sent until then.</param>
internal sealed record PendingVerification(
    string PhoneNumber, DateTimeOffset? VerifiedAt, string? Code, DateTimeOffset? CodeExpiresAt, int WrongTries,
    DateTimeOffset? PausedUntil);

/// <summary>
/// The linked phone numbers. Each statement names the user whose number it is, but those on <c>phone_number_tries</c>: wrong tries count
/// for the number, whoever makes them, and are kept when it is unlinked.
/// </summary>
internal sealed class PhoneNumberStore(NpgsqlDataSource dataSource, SecretProtector secrets, TimeProvider timeProvider)
{
    // Counted are the last 10,000 SMS that were refused, of all numbers of the user: who is refused a million times must not make this
    // slow.
    private const string Columns =
        """
        p.id, p.phone_number, p.verified_at, p.code IS NOT NULL, p.code_sent_at, p.code_expires_at, p.code_error,
        coalesce(t.wrong_tries, 0::smallint), t.paused_until, p.created_at,
        (SELECT count(*)
         FROM (SELECT sender FROM sms_messages m WHERE m.user_id = p.user_id AND m.outcome = 'refused' ORDER BY m.id DESC
           LIMIT 10000) refused
         WHERE refused.sender = p.phone_number)
        """;

    // the contact: both forms of a number are one (PhoneNumber.ContactOf)
    private const string JoinTries =
        @"LEFT JOIN phone_number_tries t ON t.phone_number = regexp_replace(p.phone_number, '^\+521([0-9]{10})$', '+52\1')";

    private const string ListSql =
        $"""
        SELECT {Columns}
        FROM user_phone_numbers p {JoinTries}
        WHERE p.user_id = $1 AND ($2::uuid IS NULL OR p.id < $2)
        ORDER BY p.id DESC
        LIMIT $3
        """;

    private const string FindSql = $"SELECT {Columns} FROM user_phone_numbers p {JoinTries} WHERE p.id = $1 AND p.user_id = $2";

    // Numbers that are linked at the same time count each other: the count is a separate statement, which sees what the lock waited for.
    private const string LockUserSql = "SELECT count(*) FROM (SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE) locked";

    private const string CountSql = "SELECT count(*) FROM user_phone_numbers WHERE user_id = $1";

    private const string LockOwnSql =
        $"""
        SELECT {Columns}
        FROM user_phone_numbers p {JoinTries}
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
        $"""
        SELECT p.phone_number, p.verified_at, p.code, p.code_expires_at, coalesce(t.wrong_tries, 0::smallint), t.paused_until, p.id
        FROM user_phone_numbers p {JoinTries}
        WHERE p.id = $1 AND p.user_id = $2
        """;

    private const string LockPendingSql = $"{PendingSql}\nFOR UPDATE OF p";

    private const string IssueCodeSql =
        """
        UPDATE user_phone_numbers
        SET code = $3, code_expires_at = $4, code_sent_at = NULL, code_error = NULL
        WHERE id = $1 AND user_id = $2
        """;

    private const string VerifySql =
        """
        UPDATE user_phone_numbers
        SET verified_at = $3, code = NULL, code_expires_at = NULL, code_error = NULL
        WHERE id = $1 AND user_id = $2
        """;

    private const string VoidCodeSql = "UPDATE user_phone_numbers SET code = NULL, code_expires_at = NULL WHERE id = $1 AND user_id = $2";

    // tries of the day before are forgotten
    private const string LockTriesSql =
        """
        INSERT INTO phone_number_tries AS t (phone_number, wrong_tries, tried_at) VALUES ($1, 0, $2)
        ON CONFLICT (phone_number) DO UPDATE
        SET wrong_tries = CASE WHEN t.tried_at > excluded.tried_at - interval '1 day' THEN t.wrong_tries ELSE 0 END
        RETURNING wrong_tries, paused_until
        """;

    private const string SetTriesSql =
        "UPDATE phone_number_tries SET wrong_tries = $2, tried_at = $3, paused_until = $4 WHERE phone_number = $1";

    private const string PausedUntilSql =
        "SELECT paused_until FROM phone_number_tries WHERE phone_number = $1 AND paused_until > $2";

    private const string DeleteSql = "DELETE FROM user_phone_numbers WHERE id = $1 AND user_id = $2 RETURNING phone_number";

    /// <summary>The numbers of a user, newest first.</summary>
    public Task<List<PhoneNumberResponse>> ListAsync(Guid userId, Guid? after, int count, CancellationToken cancellationToken) =>
        dataSource.Command(ListSql, userId, after, count).ListAsync(Reader(), cancellationToken);

    /// <summary>A number as it is now, within the transaction that changed it.</summary>
    public Task<PhoneNumberResponse?> FindAsync(NpgsqlTransaction transaction, Guid id, Guid userId, CancellationToken cancellationToken) =>
        transaction.Command(FindSql, id, userId).FirstAsync(Reader(), cancellationToken);

    /// <summary>How many numbers the user has; who links one at the same time waits.</summary>
    public async Task<long> CountAsync(NpgsqlTransaction transaction, Guid userId, CancellationToken cancellationToken)
    {
        await transaction.Command(LockUserSql, userId).ScalarAsync<long>(cancellationToken);
        return await transaction.Command(CountSql, userId).ScalarAsync<long>(cancellationToken);
    }

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
    public async Task<PhoneNumberResponse?> IssueCodeAsync(
        NpgsqlTransaction transaction, Guid id, Guid userId, CancellationToken cancellationToken)
    {
        var code = secrets.Protect(VerificationCode.New(), SecretColumn.PhoneCode, id);
        var expiresAt = (timeProvider.GetUtcNow() + VerificationCode.Lifetime).ToStorable();
        return await transaction.Command(IssueCodeSql, id, userId, code, expiresAt).RunAsync(cancellationToken) > 0
            ? await FindAsync(transaction, id, userId, cancellationToken)
            : null;
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

    /// <summary>The number with all wrong tries of its codes, which nobody else tries until the transaction ends.</summary>
    public async Task<PendingVerification> LockTriesAsync(
        NpgsqlTransaction transaction, PendingVerification number, CancellationToken cancellationToken) =>
        (await transaction.Command(LockTriesSql, ContactOf(number.PhoneNumber), timeProvider.GetUtcNow()).FirstAsync(
            row => number with { WrongTries = row.GetInt16(0), PausedUntil = row.Nullable<DateTimeOffset>(1) }, cancellationToken))!;

    /// <summary>Counts a try of a number that is locked: a right one ends the count, the last wrong one pauses the number.</summary>
    public Task CountTryAsync(
        NpgsqlTransaction transaction, PendingVerification number, CodeCheck verdict, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        return transaction.Command(
            SetTriesSql, ContactOf(number.PhoneNumber), (short)(verdict == CodeCheck.Wrong ? number.WrongTries + 1 : 0), now,
            verdict == CodeCheck.WrongForTheLastTime ? now + VerificationCode.Pause : null).RunAsync(cancellationToken);
    }

    /// <summary>Makes the open code void.</summary>
    public Task VoidCodeAsync(NpgsqlTransaction transaction, Guid id, Guid userId, CancellationToken cancellationToken) =>
        transaction.Command(VoidCodeSql, id, userId).RunAsync(cancellationToken);

    /// <summary>Until when no code of this number is sent, whoever links it; null when it does not pause.</summary>
    public async Task<DateTimeOffset?> PausedUntilAsync(
        NpgsqlTransaction transaction, string number, CancellationToken cancellationToken) =>
        (await transaction.Command(PausedUntilSql, ContactOf(number), timeProvider.GetUtcNow())
            .ListAsync(row => row.GetFieldValue<DateTimeOffset?>(0), cancellationToken)).FirstOrDefault();

    /// <summary>Unlinks a number; null when there is none, or it is another's.</summary>
    public Task<string?> DeleteAsync(Guid id, Guid userId, CancellationToken cancellationToken) =>
        dataSource.Command(DeleteSql, id, userId).FirstAsync(row => row.GetString(0), cancellationToken);

    private Func<NpgsqlDataReader, PhoneNumberResponse> Reader()
    {
        var now = timeProvider.GetUtcNow();
        return row => Read(row, now);
    }

    private static string ContactOf(string number) => PhoneNumber.ContactOf(number) ?? number;

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
        row.IsDBNull(2) ? null : Decrypt(row.GetFieldValue<byte[]>(2), row.GetGuid(6)),
        row.Nullable<DateTimeOffset>(3),
        row.GetInt16(4),
        row.Nullable<DateTimeOffset>(5));

    // a code whose key is gone can be given back by nobody: it is as if it were over
    private string? Decrypt(byte[] code, Guid id)
    {
        try
        {
            return secrets.Unprotect(code, SecretColumn.PhoneCode, id);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
