using Npgsql;

namespace Switchboard.Core.Notifications;

/// <summary>The way in to <c>notifications</c>, for mails and texts that matched a rule and for programs alike.</summary>
public static class NotificationStore
{
    private const string InsertSql =
        """
        INSERT INTO notifications (id, user_id, channel, recipient, body, priority, delivery_status, source,
                                   created_at, email_id, rule_id, send_at, text_id, tracked_email_id, reminder)
        SELECT id, user_id, channel, recipient, body, priority, 'pending', source, created_at, email_id, rule_id, send_at, text_id,
               tracked_email_id, reminder
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::smallint[], $7::text[],
                    $8::timestamptz[], $9::uuid[], $10::uuid[], $11::timestamptz[], $12::uuid[], $13::uuid[], $14::smallint[])
            AS item (id, user_id, channel, recipient, body, priority, source, created_at, email_id, rule_id, send_at, text_id,
                     tracked_email_id, reminder)
        ON CONFLICT DO NOTHING
        RETURNING id
        """;

    /// <summary>
    /// Inserts notifications as pending, all in one statement, and returns those that are new: one of an id, of a mail
    /// or text and a rule, or of a tracked mail and a reminder, that is there already changes nothing. Text is stored as <see cref="StorableText"/> makes it.
    /// </summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="transaction">Its transaction.</param>
    /// <param name="items">The notifications.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="NpgsqlException">The database refused or is away.</exception>
    public static async Task<IReadOnlyList<NewNotification>> InsertAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<NewNotification> items,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(items);
        if (items.Count == 0)
            return [];

        await using var command = new NpgsqlCommand(InsertSql, connection, transaction);
        Add(command, items, item => item.Id);
        Add(command, items, item => item.UserId);
        Add(command, items, item => StorableText.From(item.Channel));
        Add(command, items, item => StorableText.From(item.Recipient));
        Add(command, items, item => StorableText.From(item.Body));
        Add(command, items, item => (short)item.Priority);
        Add(command, items, item => item.Source);
        Add(command, items, item => item.CreatedAt.ToUniversalTime());
        Add(command, items, item => item.EmailId);
        Add(command, items, item => item.RuleId);
        Add(command, items, item => item.SendAt?.ToUniversalTime());
        Add(command, items, item => item.TextId);
        Add(command, items, item => item.TrackedEmailId);
        Add(command, items, item => item.Reminder);

        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var inserted = new HashSet<Guid>(items.Count);
        while (await reader.ReadAsync(cancellation))
            inserted.Add(reader.GetGuid(0));
        return inserted.Count == items.Count ? items : [.. items.Where(item => inserted.Contains(item.Id))];
    }

    private static void Add<T>(NpgsqlCommand command, IReadOnlyList<NewNotification> items, Func<NewNotification, T> column) =>
        command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. items.Select(column)] });
}
