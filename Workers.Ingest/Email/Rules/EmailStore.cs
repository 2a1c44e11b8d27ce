using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Switchboard.Core.Postgres;

namespace Switchboard.Workers.Ingest.Email.Rules;

/// <summary>The rows of <c>emails</c>: each mail that met the rules, once.</summary>
internal static class EmailStore
{
    private const string InsertSql =
        """
        WITH accounts AS MATERIALIZED (SELECT id FROM mailboxes WHERE id = ANY ($11) ORDER BY id FOR KEY SHARE)
        INSERT INTO emails (id, user_id, source, message_id, sender, subject, received_at, accepted_at, processed_at, matched)
        SELECT id, user_id, source, message_id, sender, subject, received_at, accepted_at, $10, matched
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[],
                    $7::timestamptz[], $8::timestamptz[], $9::smallint[], $12::uuid[])
            AS mail (id, user_id, source, message_id, sender, subject, received_at, accepted_at, matched, account_id)
        WHERE account_id IS NULL OR account_id IN (SELECT id FROM accounts)
        ON CONFLICT (source, message_id) DO NOTHING
        RETURNING id
        """;

    /// <summary>
    /// Inserts the mails and returns the ids of those that are new. Those of an account that was disconnected meanwhile are not taken: who
    /// disconnects one waits for this transaction, and deletes what it wrote.
    /// </summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="transaction">Its transaction.</param>
    /// <param name="mails">The mails in key order: rows are locked in it, so two processes cannot deadlock.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<HashSet<Guid>> InsertAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<MatchedMail> mails,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(InsertSql, connection, transaction);
        Add(mail => mail.Id);
        Add(mail => mail.Incoming.UserId);
        Add(mail => mail.Incoming.Source);
        Add(mail => mail.Incoming.Key);
        Add(mail => StorableText.From(mail.Incoming.Message.From));
        Add(mail => StorableText.From(mail.Incoming.Message.Subject));
        Add(mail => mail.Incoming.Message.ReceivedAt.ToUniversalTime());
        Add(mail => mail.Incoming.AcceptedAt.ToUniversalTime());
        Add(mail => (short)Math.Min(mail.Rules.Count, short.MaxValue));
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        command.Parameters.Add(
            new NpgsqlParameter<Guid[]> { TypedValue = [.. mails.Select(mail => mail.Incoming.AccountId).OfType<Guid>().Distinct()] });
        Add(mail => mail.Incoming.AccountId);
        await command.PrepareAsync(cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var inserted = new HashSet<Guid>(mails.Count);
        while (await reader.ReadAsync(cancellationToken))
            inserted.Add(reader.GetGuid(0));
        return inserted;

        void Add<T>(Func<MatchedMail, T> column) =>
            command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. mails.Select(column)] });
    }

    /// <summary>Which of these message ids of a source are stored.</summary>
    public static async Task<IReadOnlySet<string>> KnownAsync(
        NpgsqlDataSource dataSource, string source, IReadOnlyList<string> messageIds, CancellationToken cancellationToken)
    {
        // idx_emails_source_message
        await using var command = dataSource.CreateCommand("SELECT message_id FROM emails WHERE source = $1 AND message_id = ANY ($2)");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = source });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. messageIds.Select(IndexedKey.Of)] });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var stored = new HashSet<string>();
        while (await reader.ReadAsync(cancellationToken))
            stored.Add(reader.GetString(0));
        return messageIds.Where(id => stored.Contains(IndexedKey.Of(id))).ToHashSet();
    }
}

/// <summary>The id that a sender or provider gave to a message, as it stands in a unique index.</summary>
internal static class IndexedKey
{
    // what an index entry of Postgres holds is limited (2,704 bytes); a real message id is 998 characters at most
    private const int Longest = 1000;

    /// <summary>The id as it came, or for an endless one its hash.</summary>
    public static string Of(string id) => id.Length <= Longest && Encoding.UTF8.GetByteCount(id) <= 2 * Longest
        ? StorableText.From(id)
        : $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))}";
}
