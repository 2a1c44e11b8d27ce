using Switchboard.Load.Api;

namespace Switchboard.Load.Email;

/// <summary>Makes the users of a run, each with a key and ten rules.</summary>
internal sealed class Population(ApiClient edge, string adminKey, MailToken token)
{
    private const int AtOnce = 8;

    public async Task<IReadOnlyList<LoadUser>> CreateAsync(int count, Action<double> progress, CancellationToken cancellation)
    {
        var users = new LoadUser[count];
        var done = 0;
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (index, ct) =>
        {
            users[index] = await CreateAsync(index, ct);
            progress(Interlocked.Increment(ref done));
        });
        return users;
    }

    private async Task<LoadUser> CreateAsync(int index, CancellationToken cancellation)
    {
        var user = await edge.PostAsync(
            "/api/users",
            adminKey,
            new NewUser($"{token.Run}-{index}@load.test".ToLowerInvariant(), $"Load {token.Run} {index}"),
            EmailJson.Default.NewUser,
            EmailJson.Default.CreatedUser,
            cancellation);
        var key = await edge.PostAsync(
            "/api/api-keys",
            adminKey,
            new NewKey(user.Id, "load", ["rules", "notifications", "mail"]),
            EmailJson.Default.NewKey,
            EmailJson.Default.CreatedKey,
            cancellation);

        // one after the other: among equals the older rule comes first
        foreach (var rule in RuleSet.Of(index))
        {
            await edge.PostAsync(
                "/api/rules",
                key.Key,
                new NewRule(
                    rule.Name, rule.Type, rule.Sender, rule.Content, rule.Priority, rule.Active, rule.Continue,
                    NotificationKey.Template, "whatsapp", $"+1555{index + 1_000_000:D7}"),
                EmailJson.Default.NewRule,
                EmailJson.Default.CreatedUser,
                cancellation);
        }

        return new LoadUser(user.Id, key.Key);
    }
}
