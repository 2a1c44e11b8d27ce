using Npgsql;
using Switchboard.Core.Rules;

namespace Switchboard.Workers.Ingest.Email.Rules;

/// <summary>Reads the active rules of several users at once.</summary>
internal static class LoadRules
{
    private const string Sql =
        """
        SELECT user_id, id, name, type, sender_rules::text, content_rules::text, priority, continue, template, channel, recipient, created_at
        FROM rules
        WHERE user_id = ANY ($1) AND active
        ORDER BY user_id, priority DESC, created_at, id
        """;

    /// <summary>The rules of each of the users that has any.</summary>
    public static async Task<ILookup<Guid, Rule>> ExecuteAsync(
        Func<string, NpgsqlCommand> create, IReadOnlyCollection<Guid> users, CancellationToken cancellation)
    {
        await using var command = create(Sql);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. users] });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rules = new List<(Guid UserId, Rule Rule)>();
        while (await reader.ReadAsync(cancellation))
            rules.Add((reader.GetGuid(0), Read(reader)));
        return rules.ToLookup(row => row.UserId, row => row.Rule);
    }

    private static Rule Read(NpgsqlDataReader row) => new(
        row.GetGuid(1),
        row.GetString(2),
        Enum.Parse<RuleType>(row.GetString(3), ignoreCase: true),
        RuleJson.ReadSender(row.GetString(4)),
        RuleJson.ReadContent(row.GetString(5)),
        row.GetInt32(6),
        Active: true,
        row.GetBoolean(7),
        row.GetString(8),
        row.GetString(9),
        row.GetString(10),
        row.GetFieldValue<DateTimeOffset>(11));
}
