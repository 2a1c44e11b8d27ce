using Npgsql;

namespace Switchboard.Workers.Ingest.Sms.Messages;

/// <summary>Reads what is said in the audio of texts.</summary>
internal static class ReadTranscripts
{
    private const string Sql =
        """
        SELECT message_id, transcript, status IN ('pending', 'processing')
        FROM enrichment_items
        WHERE message_id = ANY ($1) AND kind = 'audio'
        ORDER BY message_id, part
        """;

    /// <summary>Of these texts, those whose audio is settled, all of it, with their transcripts. Audio without one says nothing.</summary>
    public static async Task<IReadOnlyList<SettledSms>> ExecuteAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<WaitingSms> texts,
        CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Sql, connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. texts.Select(text => text.Id)] });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var transcripts = texts.ToDictionary(text => text.Id, _ => new List<string>());
        var open = new HashSet<Guid>();
        while (await row.ReadAsync(cancellation))
        {
            var message = row.GetGuid(0);
            if (row.GetBoolean(2))
                open.Add(message);
            else if (!await row.IsDBNullAsync(1, cancellation))
                transcripts[message].Add(row.GetString(1));
        }

        return [.. texts.Where(text => !open.Contains(text.Id)).Select(text => text.With(transcripts[text.Id]))];
    }
}
