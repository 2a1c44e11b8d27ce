using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;

namespace Switchboard.Workers.Ingest.Intake;

/// <summary>
/// Finds what mails that come again still wait for: their notifications were committed, and then the process died before it
/// published their sends.
/// </summary>
internal static class UnsentNotifications
{
    private const string Sql =
        """
        SELECT mail.position, notifications.id, notifications.priority
        FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS mail (source, message_id, position)
        JOIN emails ON emails.source = mail.source AND emails.message_id = mail.message_id
        JOIN notifications ON notifications.email_id = emails.id
        WHERE notifications.delivery_status = 'pending'
        ORDER BY notifications.id
        """;

    /// <summary>The sends of these mails that are pending.</summary>
    public static async Task<IReadOnlyList<OutgoingJob>> ExecuteAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<MatchedMail> repeated,
        CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Sql, connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. repeated.Select(mail => mail.Incoming.Source)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. repeated.Select(mail => mail.Incoming.Key)] });

        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var sends = new List<OutgoingJob>();
        while (await reader.ReadAsync(cancellation))
        {
            var mail = repeated[(int)reader.GetInt64(0) - 1];
            var send = new SendNotification(Guid.CreateVersion7(), reader.GetGuid(1), (JobPriority)reader.GetInt16(2));
            sends.Add(new(send, mail.Incoming.Parent));
        }

        return sends;
    }
}
