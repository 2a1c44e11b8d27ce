using Npgsql;
using Switchboard.Load.Api;
using Switchboard.Load.Running;

namespace Switchboard.Load.Social.SocialApi;

/// <summary>What requests can ask for, of one user.</summary>
/// <param name="Key">The user's key.</param>
/// <param name="Posts">Some of their posts.</param>
/// <param name="Waiting">Posts that go out in days or weeks, in an order of chance.</param>
/// <param name="Accounts">Accounts that publish: those of platforms that take a post without a picture.</param>
internal sealed record SocialTenant(string Key, IReadOnlyList<Guid> Posts, IReadOnlyList<Guid> Waiting, IReadOnlyList<Guid> Accounts);

/// <summary>What requests can ask for.</summary>
/// <param name="Tenants">The users, the one with most first.</param>
/// <param name="Now">When it was read.</param>
internal sealed record SocialSample(IReadOnlyList<SocialTenant> Tenants, DateTimeOffset Now)
{
    private const string PostsSql = "SELECT user_id, id FROM social_posts ORDER BY random() LIMIT 20000";

    // what Instagram takes has a picture
    private const string WaitingSql =
        """
        SELECT p.user_id, p.id FROM social_posts AS p
        WHERE p.state = 'scheduled' AND p.queue_position IS NULL AND p.scheduled_at > now() + interval '12 hours'
          AND NOT EXISTS (SELECT FROM social_post_targets AS t WHERE t.post_id = p.id AND t.platform = 'instagram')
        ORDER BY random() LIMIT 20000
        """;

    // what came by SQL: its platforms are asked nothing within the day
    private const string AccountsSql =
        """
        SELECT user_id, id FROM social_accounts
        WHERE state = 'active' AND platform <> 'instagram' AND next_health_check_at > now() + interval '20 hours'
        ORDER BY random() LIMIT 20000
        """;

    public static async Task<SocialSample> ReadAsync(
        NpgsqlDataSource dataSource, IReadOnlyList<LoadUser> users, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var posts = await dataSource.OwnedAsync(PostsSql, cancellationToken);
        var waiting = await dataSource.OwnedAsync(WaitingSql, cancellationToken);
        var accounts = await dataSource.OwnedAsync(AccountsSql, cancellationToken);
        return new(
            [.. users.Select(user => new SocialTenant(user.Key, [.. posts[user.Id]], [.. waiting[user.Id]], [.. accounts[user.Id]]))], now);
    }
}
