using System.Diagnostics;
using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Workers.Ingest.Sms.Messages;

namespace Switchboard.Workers.Ingest.Email.Rules;

/// <summary>
/// Finds what mails and texts that come again still wait for: their notifications were committed, and then the process died before it
/// published their sends.
/// </summary>
internal static class UnsentNotifications
{
    private const string OfTextsSql =
        """
        SELECT text.position, notifications.id, notifications.priority
        FROM unnest($1::text[]) WITH ORDINALITY AS text (message_sid, position)
        JOIN sms_messages ON sms_messages.message_sid = text.message_sid
        JOIN notifications ON notifications.text_id = sms_messages.id
        WHERE notifications.delivery_status = 'pending'
        ORDER BY notifications.id
        """;

    /// <summary>The sends of these texts that are pending.</summary>
    public static async Task<IReadOnlyList<OutgoingJob>> OfTextsAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<IncomingSms> repeated,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(OfTextsSql, connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. repeated.Select(text => text.Sid)] });
        return await ReadAsync(command, position => repeated[position].Parent, cancellationToken);
    }

    private static async Task<IReadOnlyList<OutgoingJob>> ReadAsync(
        NpgsqlCommand command, Func<int, ActivityContext?> parentOf, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var sends = new List<OutgoingJob>();
        while (await reader.ReadAsync(cancellationToken))
            sends.Add(FollowUpJobs.Send(reader.GetGuid(1), (JobPriority)reader.GetInt16(2), parentOf((int)reader.GetInt64(0) - 1)));
        return sends;
    }
}
