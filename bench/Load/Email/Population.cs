using Switchboard.Load.Api;
using Switchboard.Load.Driving;

namespace Switchboard.Load.Email;

/// <summary>Makes the users of a run, each with a key and ten rules.</summary>
internal sealed class Population(ApiClient edge, string adminKey, RunToken token)
{
    public Task<IReadOnlyList<LoadUser>> CreateAsync(int count, Action<double> progress, CancellationToken cancellation) =>
        new Accounts(edge, adminKey, token).CreateAsync(count, ["rules", "notifications", "mail"], AddRulesAsync, progress, cancellation);

    private async Task AddRulesAsync(int index, LoadUser user, CancellationToken cancellation)
    {
        // one after the other: among equals the older rule comes first
        foreach (var rule in RuleSet.Of(index))
        {
            await edge.PostAsync(
                "/api/rules",
                user.Key,
                new NewRule(
                    rule.Name, rule.Type, rule.Sender, rule.Content, rule.Priority, rule.Active, rule.Continue,
                    NotificationKey.Template, "whatsapp", $"+1555{index + 1_000_000:D7}"),
                EmailJson.Default.NewRule,
                AccountJson.Default.Created,
                cancellation);
        }
    }
}
