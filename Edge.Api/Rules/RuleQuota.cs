using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Switchboard.Edge.Api.Rules;

/// <summary>How much a user's rules may ask of each mail (section <c>Rules</c>).</summary>
internal sealed class RuleOptions
{
    public const string Section = "Rules";

    /// <summary>What the API promises of rules, for its description.</summary>
    public const string Promise =
        "Phrases are found whatever their case and Unicode form, in the first 65,536 characters of a text. Of a mail what it quotes and its " +
        "signature do not count and are not shown, unless content.include is everything. A user has at most 1,000 rules with 10,000 words, " +
        "phrases and patterns together, unless the operator set other limits; more is a 409.";

    /// <summary>How many rules a user has at most.</summary>
    [Range(1, 100_000)]
    public int MaxRulesPerUser { get; set; } = 1_000;

    /// <summary>How many words, phrases and patterns all rules of a user have at most, active or not.</summary>
    [Range(1, 1_000_000)]
    public int MaxPhrasesPerUser { get; set; } = 10_000;
}

/// <summary>Holds users to <see cref="RuleOptions"/>.</summary>
internal sealed class RuleQuota(IOptions<RuleOptions> options)
{
    private const string CountSql =
        """
        SELECT count(*), coalesce(sum((
            SELECT sum(jsonb_array_length(list))
            FROM unnest(ARRAY[content_rules -> 'anyOf', content_rules -> 'allOf', content_rules -> 'noneOf',
                              sender_rules -> 'wildcards', sender_rules -> 'exclusions']) AS list)), 0)::bigint
        FROM rules
        WHERE user_id = $1 AND id <> $2
        """;

    /// <summary>Why this rule would be too much beside the user's other ones; null when it is not.</summary>
    public async Task<ProblemHttpResult?> RefusalAsync(
        NpgsqlTransaction transaction, Guid userId, RuleResponse rule, CancellationToken cancellationToken)
    {
        // in a separate statement before the count, so that rules made at the same time count each other
        await transaction.Command("SELECT FROM users WHERE id = $1 FOR UPDATE", userId).RunAsync(cancellationToken);
        var others = await transaction.Command(CountSql, userId, rule.Id)
            .ListAsync(row => (Rules: row.GetInt64(0), Phrases: row.GetInt64(1)), cancellationToken);
        return Refusal(options.Value, others[0].Rules, others[0].Phrases, rule);
    }

    internal static ProblemHttpResult? Refusal(RuleOptions limits, long otherRules, long otherPhrases, RuleResponse rule)
    {
        if (otherRules >= limits.MaxRulesPerUser)
            return Problems.Conflict($"A user has at most {limits.MaxRulesPerUser} rules.");
        var phrases = rule.Content.AnyOf.Count + rule.Content.AllOf.Count + rule.Content.NoneOf.Count
            + rule.Sender.Wildcards.Count + rule.Sender.Exclusions.Count;
        return phrases == 0 || otherPhrases + phrases <= limits.MaxPhrasesPerUser ? null : Problems.Conflict(
            $"The rules of a user have at most {limits.MaxPhrasesPerUser} words, phrases and patterns together. " +
            $"This one has {phrases}, the others have {otherPhrases}.");
    }
}

/// <summary>Registration of what the endpoints of rules share.</summary>
internal static class RuleServices
{
    /// <summary>What holds rules to their quota and tells of changes.</summary>
    public static IServiceCollection AddRules(this IServiceCollection services)
    {
        services.AddOptions<RuleOptions>().BindConfiguration(RuleOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services.AddSingleton<RuleQuota>().AddSingleton<RuleChanges>().AddSingleton<RuleTrials>();
    }
}
