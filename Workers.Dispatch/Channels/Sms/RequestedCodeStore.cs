using Npgsql;
using Switchboard.Core.Postgres;

namespace Switchboard.Workers.Dispatch.Channels.Sms;

/// <summary>A phone number as far as its open code goes.</summary>
/// <param name="PhoneNumber">The number, in E.164.</param>
/// <param name="Code">The code, encrypted; null when none is open: it was given back, or void.</param>
/// <param name="ExpiresAt">Until when it is taken back.</param>
/// <param name="SentAt">When the provider last took a code for this number.</param>
internal sealed record RequestedCode(string PhoneNumber, byte[]? Code, DateTimeOffset? ExpiresAt, DateTimeOffset? SentAt);

/// <summary>What became of a code.</summary>
/// <param name="PhoneNumberId">Of which number.</param>
/// <param name="Code">The code, as it is stored.</param>
/// <param name="SentAt">When the provider took it; null if it did not.</param>
/// <param name="Error">Why it did not, for the user.</param>
internal sealed record CodeNote(Guid PhoneNumberId, byte[] Code, DateTimeOffset? SentAt, string? Error);

/// <summary>Reads the codes that are to be sent, and notes what became of them.</summary>
internal sealed class RequestedCodeStore(NpgsqlDataSource dataSource)
{
    private const string ReadSql =
        """
        SELECT id, phone_number, CASE WHEN verified_at IS NULL THEN code END, code_expires_at, code_sent_at
        FROM user_phone_numbers
        WHERE id = ANY($1)
        """;

    // only of the code that was sent: a newer one has another job. Each is encrypted with a nonce, so no two are equal
    private const string NoteSql =
        """
        UPDATE user_phone_numbers n
        SET code_sent_at = coalesce(noted.sent_at, n.code_sent_at), code_error = noted.error
        FROM unnest($1::uuid[], $2::bytea[], $3::timestamptz[], $4::text[]) AS noted (id, code, sent_at, error)
        WHERE n.id = noted.id AND n.code = noted.code
        """;

    /// <summary>The phone numbers with these ids that are still there.</summary>
    public async Task<IReadOnlyDictionary<Guid, RequestedCode>> ReadAsync(Guid[] ids, CancellationToken cancellationToken)
    {
        var codes = await dataSource.Command(ReadSql, (object)ids).ListAsync(
            row => (Id: row.GetGuid(0), Code: new RequestedCode(
                row.GetString(1), row.IsDBNull(2) ? null : row.GetFieldValue<byte[]>(2), row.Nullable<DateTimeOffset>(3),
                row.Nullable<DateTimeOffset>(4))),
            cancellationToken);
        return codes.ToDictionary(row => row.Id, row => row.Code);
    }

    /// <summary>Notes what became of codes.</summary>
    public Task NoteAsync(IReadOnlyList<CodeNote> notes, CancellationToken cancellationToken)
    {
        return dataSource.Command(
            NoteSql, Column(note => note.PhoneNumberId), Column(note => note.Code), Column(note => note.SentAt), Column(note => note.Error))
            .RunAsync(cancellationToken);

        T[] Column<T>(Func<CodeNote, T> column) => [.. notes.Select(column)];
    }
}
