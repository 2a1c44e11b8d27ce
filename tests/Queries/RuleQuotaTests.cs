using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Postgres;
using Switchboard.Core.Rules;
using Switchboard.Edge.Api.Rules;

namespace Switchboard.Tests.Queries;

/// <summary>The phrases of a user's rules are counted over all of them, and over those of nobody else.</summary>
public sealed class RuleQuotaTests(SeededDatabase seeded)
{
    private readonly RuleQuota _quota = new(Options.Create(new RuleOptions { MaxRulesPerUser = 3, MaxPhrasesPerUser = 10 }));

    [Fact]
    public async Task The_phrases_and_patterns_of_all_rules_of_a_user_are_counted_together()
    {
        await using var connection = await seeded.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var (me, other) = (await UserAsync(transaction), await UserAsync(transaction));
        await RuleAsync(transaction, other, """{"anyOf": ["a", "b", "c", "d", "e", "f", "g", "h", "i"]}""", "{}");
        await RuleAsync(transaction, me, """{"anyOf": ["a", "b"], "allOf": ["c"], "noneOf": ["d"]}""", "{}");
        var mine = await RuleAsync(transaction, me, "{}", """{"wildcards": ["*@a.test"], "exclusions": ["b.test"], "domains": ["a.test"]}""");

        (await RefusalAsync(Guid.Empty, 4)).ShouldBeNull();
        (await RefusalAsync(Guid.Empty, 5))!.ShouldContain("at most 10 words, phrases and patterns together. This one has 5, the others have 6.");
        // in the place of the one that it changes
        (await RefusalAsync(mine, 6)).ShouldBeNull();
        (await RefusalAsync(mine, 7)).ShouldNotBeNull();
        (await RefusalAsync(Guid.Empty, 0)).ShouldBeNull();
        await RuleAsync(transaction, me, "{}", "{}");
        (await RefusalAsync(Guid.Empty, 0))!.ShouldContain("at most 3 rules");

        async Task<string?> RefusalAsync(Guid id, int phrases) =>
            (await _quota.RefusalAsync(transaction, me, Rule(id, phrases), default))?.ProblemDetails.Detail;
    }

    private static RuleResponse Rule(Guid id, int phrases) => new(
        id, "x", RuleType.Content, SenderRules.None, ContentRules.None with { AnyOf = [.. Enumerable.Range(0, phrases).Select(number => $"{number}")] },
        0, true, false, "", "whatsapp", "+15550100001", SeededDatabase.End, SeededDatabase.End);

    private static async Task<Guid> UserAsync(NpgsqlTransaction transaction)
    {
        var id = Guid.CreateVersion7();
        await transaction.Command("INSERT INTO users (id, email, name, created_at) VALUES ($1, $2, 'a', now())", id, $"{id}@a.test").RunAsync(default);
        return id;
    }

    private static async Task<Guid> RuleAsync(NpgsqlTransaction transaction, Guid userId, string content, string sender)
    {
        var id = Guid.CreateVersion7();
        await transaction.Command(
            """
            INSERT INTO rules (id, user_id, name, type, sender_rules, content_rules, priority, active, continue, template, channel, recipient,
                created_at, updated_at)
            VALUES ($1, $2, 'Rule', 'content', $3::jsonb, $4::jsonb, 1, true, false, '', 'whatsapp', '+15550100001', now(), now())
            """, id, userId, sender, content).RunAsync(default);
        return id;
    }
}
