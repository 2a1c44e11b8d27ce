using Microsoft.Extensions.Caching.Hybrid;
using Switchboard.Core.Rules;

namespace Switchboard.Edge.Api.Rules;

/// <summary>A rule as the API shows it.</summary>
internal sealed record RuleResponse(
    Guid Id,
    string Name,
    RuleType Type,
    SenderRules Sender,
    ContentRules Content,
    int Priority,
    bool Active,
    bool Continue,
    string Template,
    string Channel,
    string Recipient,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    /// <summary>The columns, in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns =
        "id, name, type, sender_rules, content_rules, priority, active, continue, template, channel, recipient, created_at, updated_at";

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static RuleResponse Read(NpgsqlDataReader row) => new(
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
        row.GetFieldValue<DateTimeOffset>(11),
        row.GetFieldValue<DateTimeOffset>(12));

    /// <summary>A type as it is stored.</summary>
    public static string NameOf(RuleType type) => type switch
    {
        RuleType.Sender => "sender",
        RuleType.Content => "content",
        RuleType.Combined => "combined",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No such type."),
    };

    /// <summary>The rule as mail is matched against it.</summary>
    public Rule ToRule() =>
        new(Id, Name, Type, Sender, Content, Priority, Active, Continue, Template, Channel, Recipient, CreatedAt);
}

/// <summary>
/// Tells every process that a user's rules are others now. Only for speed: workers compare <c>users.rules_version</c>, which changes
/// in the transaction that changes a rule, with each batch.
/// </summary>
internal sealed class RuleChanges(HybridCache cache)
{
    /// <summary>The namespace of the cache.</summary>
    public const string CacheNamespace = "rules";

    /// <summary>Counts the change, in a statement where $1 is the user and <c>changed</c> has a row if there was one.</summary>
    public const string CountSql =
        "counted AS (UPDATE users SET rules_version = rules_version + 1 WHERE id = $1 AND EXISTS (SELECT FROM changed))";

    /// <summary>The rules of this user are others now.</summary>
    public ValueTask AnnounceAsync(Guid userId, CancellationToken cancellationToken) =>
        cache.RemoveByTagAsync($"{CacheNamespace}:{userId}", cancellationToken);
}
