namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>
/// Works out anew what became of stored mails, from all their answers, as <see cref="Outcome"/> and
/// <see cref="Core.Email.TrackedStatus.Of"/> do. Those that their user has stopped stay as they were. Looked up by id: see <see cref="AccountTransaction"/>.
/// </summary>
internal static class WriteOutcomes
{
    private const string Sql =
        """
        UPDATE tracked_emails AS mail
        SET response_at = outcome.response_at,
            -- least and greatest would leave out a null
            response_seconds = CASE WHEN outcome.response_at IS NOT NULL
                THEN least(greatest(floor(extract(epoch FROM outcome.response_at - mail.sent_at)), 0), 2147483647) END,
            responses = outcome.responses,
            auto_replied_at = outcome.auto_replied_at,
            bounced_at = outcome.bounced_at,
            status = CASE WHEN outcome.response_at IS NOT NULL THEN 'responded'
                          WHEN outcome.bounced_at IS NOT NULL THEN 'bounced'
                          WHEN mail.expires_at <= $3 THEN 'expired'
                          ELSE 'active' END,
            updated_at = $3
        FROM unnest($2::uuid[]) AS known (id)
        CROSS JOIN LATERAL (
            SELECT min(received_at) FILTER (WHERE kind = 'reply') AS response_at,
                   count(*) FILTER (WHERE kind = 'reply')::int AS responses,
                   min(received_at) FILTER (WHERE kind = 'auto-reply') AS auto_replied_at,
                   min(received_at) FILTER (WHERE kind = 'bounce') AS bounced_at
            FROM received_emails
            WHERE tracked_email_id = known.id) AS outcome
        WHERE mail.id = known.id AND mail.account_id IS NOT DISTINCT FROM $1 AND mail.stopped_at IS NULL
          AND (mail.response_at, mail.responses, mail.auto_replied_at, mail.bounced_at)
              IS DISTINCT FROM (outcome.response_at, outcome.responses, outcome.auto_replied_at, outcome.bounced_at)
        RETURNING mail.sent_at
        """;

    /// <summary>Writes what has changed.</summary>
    /// <returns>When the mails were sent of which something changed.</returns>
    public static async Task<IReadOnlyList<DateTimeOffset>> ExecuteAsync(
        AccountTransaction account, Guid[] ids, DateTimeOffset now, CancellationToken cancellation)
    {
        if (ids.Length == 0)
            return [];
        await using var command = account.Command(Sql);
        AccountTransaction.Add(command, ids);
        AccountTransaction.Add(command, now);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var changed = new List<DateTimeOffset>();
        while (await reader.ReadAsync(cancellation))
            changed.Add(reader.GetFieldValue<DateTimeOffset>(0));
        return changed;
    }
}
