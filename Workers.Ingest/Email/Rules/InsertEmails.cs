using Npgsql;
using Switchboard.Core.Notifications;

namespace Switchboard.Workers.Ingest.Email.Rules;

/// <summary>Takes mails, each once; those that were taken before are left as they are.</summary>
internal static class InsertEmails
{
    private const string Sql =
        """
        INSERT INTO emails (id, user_id, source, message_id, sender, subject, received_at, accepted_at, processed_at, matched)
        SELECT id, user_id, source, message_id, sender, subject, received_at, accepted_at, $10, matched
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[],
                    $7::timestamptz[], $8::timestamptz[], $9::smallint[])
            AS mail (id, user_id, source, message_id, sender, subject, received_at, accepted_at, matched)
        ON CONFLICT (source, message_id) DO NOTHING
        RETURNING id
        """;

    /// <summary>Inserts the mails and returns the ids of those that are new.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="transaction">Its transaction.</param>
    /// <param name="mails">The mails in the order of their keys: two processes with the same mails wait for each other, and never in a circle.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<HashSet<Guid>> ExecuteAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<MatchedMail> mails,
        DateTimeOffset now,
        CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Sql, connection, transaction);
        Add(mail => mail.Id);
        Add(mail => mail.Incoming.UserId);
        Add(mail => mail.Incoming.Source);
        Add(mail => mail.Incoming.Key);
        Add(mail => StorableText.From(mail.Incoming.Mail.From));
        Add(mail => StorableText.From(mail.Incoming.Mail.Subject));
        Add(mail => mail.Incoming.Mail.ReceivedAt.ToUniversalTime());
        Add(mail => mail.Incoming.AcceptedAt.ToUniversalTime());
        Add(mail => (short)Math.Min(mail.Rules.Count, short.MaxValue));
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });

        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var inserted = new HashSet<Guid>(mails.Count);
        while (await reader.ReadAsync(cancellation))
            inserted.Add(reader.GetGuid(0));
        return inserted;

        void Add<T>(Func<MatchedMail, T> column) =>
            command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. mails.Select(column)] });
    }
}
