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
    public const string Columns = $"{StoredRules.Columns}, updated_at";

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static RuleResponse Read(NpgsqlDataReader row)
    {
        var rule = StoredRules.Read(row);
        return new(
            rule.Id, rule.Name, rule.Type, rule.Sender, rule.Content, rule.Priority, rule.Active, rule.Continue, rule.Template,
            rule.Channel,
            rule.Recipient, rule.CreatedAt, row.GetFieldValue<DateTimeOffset>(StoredRules.ColumnCount));
    }

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
    /// <summary>Counts the change, in a statement where $1 is the user and <c>changed</c> has a row if there was one.</summary>
    public const string CountSql =
        "counted AS (UPDATE users SET rules_version = rules_version + 1 WHERE id = $1 AND EXISTS (SELECT FROM changed))";

    /// <summary>The rules of this user are others now.</summary>
    public ValueTask AnnounceAsync(Guid userId, CancellationToken cancellationToken) =>
        cache.RemoveByTagAsync($"{StoredRules.CacheNamespace}:{userId}", cancellationToken);
}
