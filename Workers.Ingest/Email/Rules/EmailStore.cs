using System.Security.Cryptography;
using System.Text;

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
    /// <param name="transaction">The transaction.</param>
    /// <param name="mails">The mails in key order: rows are locked in it, so two processes cannot deadlock.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<HashSet<Guid>> InsertAsync(
        NpgsqlTransaction transaction, IReadOnlyList<MatchedMail> mails, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = transaction.Command(
            InsertSql,
            Column(mail => mail.Id),
            Column(mail => mail.Incoming.UserId),
            Column(mail => mail.Incoming.Source),
            Column(mail => mail.Incoming.Key),
            Column(mail => StorableText.From(mail.Incoming.Message.From)),
            Column(mail => StorableText.From(mail.Incoming.Message.Subject)),
            Column(mail => mail.Incoming.Message.ReceivedAt.ToUniversalTime()),
            Column(mail => mail.Incoming.AcceptedAt.ToUniversalTime()),
            Column(mail => (short)Math.Min(mail.Rules.Count, short.MaxValue)),
            now,
            mails.Select(mail => mail.Incoming.AccountId).OfType<Guid>().Distinct().ToArray(),
            Column(mail => mail.Incoming.AccountId));
        await command.PrepareAsync(cancellationToken);
        return [.. await command.ListAsync(row => row.GetGuid(0), cancellationToken)];

        T[] Column<T>(Func<MatchedMail, T> column) => [.. mails.Select(column)];
    }

    /// <summary>Which of these message ids of a source are stored.</summary>
    public static async Task<IReadOnlySet<string>> KnownAsync(
        NpgsqlDataSource dataSource, string source, IReadOnlyList<string> messageIds, CancellationToken cancellationToken)
    {
        // idx_emails_source_message
        var stored = (await dataSource.Command(
            "SELECT message_id FROM emails WHERE source = $1 AND message_id = ANY ($2)", source, messageIds.Select(IndexedKey.Of).ToArray())
            .ListAsync(row => row.GetString(0), cancellationToken)).ToHashSet();
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
