using Npgsql;

namespace Switchboard.Workers.Ingest.Sms.Messages;

/// <summary>Records of texts that the rules were asked, and how many matched.</summary>
internal static class SetMatched
{
    private const string Sql =
        """
        UPDATE sms_messages SET matched = asked.matched
        FROM unnest($1::uuid[], $2::smallint[]) AS asked (id, matched)
        WHERE sms_messages.id = asked.id
        """;

    public static async Task ExecuteAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<(Guid Id, int Matched)> texts,
        CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Sql, connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. texts.Select(text => text.Id)] });
        command.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = [.. texts.Select(text => (short)Math.Min(text.Matched, short.MaxValue))] });
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
