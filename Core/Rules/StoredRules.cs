using Npgsql;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Rules;

/// <summary>The rules of users as they are read to be matched: rows in <c>rules</c>, which the edge writes.</summary>
public static class StoredRules
{
    /// <summary>The namespace of the caches of rules; what they keep of a user has the tag <c>rules:{user}</c>.</summary>
    public const string CacheNamespace = "rules";

    /// <summary>The columns of a rule, in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns =
        "id, name, type, sender_rules, content_rules, priority, active, continue, template, channel, recipient, created_at";

    /// <summary>How many <see cref="Columns"/> there are.</summary>
    public const int ColumnCount = 12;

    private const string Sql = $"SELECT {Columns}, user_id FROM rules WHERE user_id = ANY ($1)";

    // idx_rules_user_active
    private const string ActiveSql = $"{Sql} AND active";

    /// <summary>Which version each of the users' rules have, who is there: it changes in the transaction that changes a rule.</summary>
    public static async Task<Dictionary<Guid, long>> ReadVersionsAsync(
        NpgsqlDataSource dataSource, IReadOnlyCollection<Guid> users, CancellationToken cancellationToken)
    {
        var rows = await dataSource.Command("SELECT id, rules_version FROM users WHERE id = ANY ($1)", (object)users.ToArray())
            .ListAsync(row => (Id: row.GetGuid(0), Version: row.GetInt64(1)), cancellationToken);
        return rows.ToDictionary(row => row.Id, row => row.Version);
    }

    /// <summary>The rules of each of the users that has any, in no order.</summary>
    /// <param name="dataSource">The database.</param>
    /// <param name="users">The users.</param>
    /// <param name="activeOnly">Whether those that are not active are left out.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<ILookup<Guid, Rule>> ReadAsync(
        NpgsqlDataSource dataSource, IReadOnlyCollection<Guid> users, bool activeOnly, CancellationToken cancellationToken)
    {
        var rules = await dataSource.Command(activeOnly ? ActiveSql : Sql, (object)users.ToArray())
            .ListAsync(row => (UserId: row.GetGuid(ColumnCount), Rule: Read(row)), cancellationToken);
        return rules.ToLookup(row => row.UserId, row => row.Rule);
    }

    /// <summary>Reads a row that begins with <see cref="Columns"/>.</summary>
    public static Rule Read(NpgsqlDataReader row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new(
            row.GetGuid(0),
            row.GetString(1),
            Enum.Parse<RuleType>(row.GetString(2), ignoreCase: true),
            RuleJson.ReadSender(row.GetString(3)),
            RuleJson.ReadContent(row.GetString(4)),
            row.GetInt32(5),
            row.GetBoolean(6),
            row.GetBoolean(7),
            row.GetString(8),
            row.GetString(9),
            row.GetString(10),
            row.GetFieldValue<DateTimeOffset>(11));
    }
}
