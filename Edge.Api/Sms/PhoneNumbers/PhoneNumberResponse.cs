using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.PhoneNumbers;

/// <summary>A linked number; never its code.</summary>
/// <param name="Id">Its id.</param>
/// <param name="PhoneNumber">The number, in E.164.</param>
/// <param name="Verified">Whether its code was given back: then its texts are its user's.</param>
/// <param name="VerifiedAt">When.</param>
/// <param name="CodeSentAt">When the provider took the code that is open.</param>
/// <param name="CodeExpiresAt">Until when the code that was made last is taken; null when there is none.</param>
/// <param name="CodeError">Why the code could not be sent.</param>
/// <param name="TriesLeft">How often the open code may still be tried; null when none is open.</param>
/// <param name="PausedUntil">After too many wrong tries: no code is taken or sent until then.</param>
/// <param name="CreatedAt">When it was linked.</param>
/// <param name="TextsRefused">How many of its texts were over the hourly limit.</param>
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
    long TextsRefused)
{
    /// <summary>
    /// The columns, in the order in which <see cref="Read"/> takes them, of a row <c>p</c>. Counted are the last 10,000 texts
    /// that were refused, of all numbers of the user: who is refused a million times must not make this slow.
    /// </summary>
    public const string Columns =
        """
        p.id, p.phone_number, p.verified_at, p.code IS NOT NULL, p.code_sent_at, p.code_expires_at, p.code_error, p.code_tries,
        p.paused_until, p.created_at,
        (SELECT count(*)
         FROM (SELECT sender FROM sms_messages m WHERE m.user_id = p.user_id AND m.outcome = 'refused' ORDER BY m.id DESC LIMIT 10000) refused
         WHERE refused.sender = p.phone_number)
        """;

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static PhoneNumberResponse Read(NpgsqlDataReader row, DateTimeOffset now)
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
}
