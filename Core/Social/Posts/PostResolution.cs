using System.Globalization;
using Npgsql;
using Switchboard.Core.Postgres;
using Switchboard.Core.Social.Media;
using Switchboard.Core.Social.Platforms;

namespace Switchboard.Core.Social.Posts;

/// <summary>
/// What posts name: accounts, the accounts of groups, media. Whatever the user does not have is not there, whoever else has it. What is
/// found is held until the transaction ends, so that nobody deletes it meanwhile.
/// </summary>
public static class PostResolution
{
    /// <summary>The most accounts that a post goes to.</summary>
    public const int MaxTargets = 1_000;

    /// <summary>The most accounts that the posts of a call go to, together.</summary>
    public const int MaxTargetsTogether = 20_000;

    // of a group no more than one post may have, and one that says that there are more
    private const string GroupsSql =
        """
        SELECT g.id, m.account_id
        FROM social_groups AS g
        LEFT JOIN LATERAL (
            SELECT account_id FROM social_group_members WHERE user_id = g.user_id AND group_id = g.id ORDER BY account_id
              LIMIT $3) AS m ON true
        WHERE g.user_id = $1 AND g.id = ANY ($2)
        """;

    private const string AccountsSql =
        """
        SELECT a.id, a.platform, i.limits::text
        FROM social_accounts AS a LEFT JOIN social_instances AS i ON a.platform = 'mastodon' AND i.server = a.server
        WHERE a.user_id = $1 AND a.id = ANY ($2) ORDER BY a.id FOR KEY SHARE OF a
        """;

    /// <summary>Finds all that posts name.</summary>
    public static async Task<ResolvedPosts> ResolveAsync(
        NpgsqlTransaction transaction, Guid userId, IReadOnlyList<NewPost> posts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var groups = await MembersAsync(
            transaction, userId, [.. posts.SelectMany(post => post.Targets.Groups).Distinct()], cancellationToken);
        var errors = new List<PostError>();
        var ids = new List<IReadOnlyList<Guid>>(posts.Count);
        var together = 0;
        foreach (var (index, post) in posts.Index())
        {
            ids.Add(AccountsOf(index, post.Targets, groups, errors));
            together += ids[^1].Count;
        }

        if (together > MaxTargetsTogether)
            errors.Add(new(0, "targets", $"All posts together have {together} targets; {MaxTargetsTogether} are the most of a call."));
        if (errors.Count > 0)
            return new(posts, [], new Dictionary<Guid, MediaFacts>(), errors);

        var accounts = (await transaction.Command(AccountsSql, userId, ids.SelectMany(each => each).Distinct().ToArray())
                .ListAsync(
                    row => new TargetAccount(row.GetGuid(0), row.GetString(1)) { Limits = InstanceLimits.Read(row.Text(2)) },
                    cancellationToken))
            .ToDictionary(account => account.Id);
        var media = await SocialMediaStore.HoldAsync(
            transaction, userId, [.. posts.SelectMany(post => post.Content.AllMedia()).Distinct()], cancellationToken);
        foreach (var (index, post) in posts.Index())
        {
            errors.AddRange(post.Targets.Accounts.Index().Where(one => !accounts.ContainsKey(one.Item))
                .Select(one => new PostError(index, $"targets.accounts[{Number(one.Index)}]", $"There is no account {one.Item}.")));
            errors.AddRange(post.Content.Accounts.Keys.Where(id => post.State != PostStates.Draft && !ids[index].Contains(id))
                .Select(id => new PostError(index, $"content.accounts.{id}", "It is none of the post's targets.")));
            errors.AddRange(post.Content.AllMedia().Where(id => media.GetValueOrDefault(id)?.State != SocialMediaStates.Ready)
                .Select(id => new PostError(index, "content.media", WhyNot(id, media.GetValueOrDefault(id)))));
        }

        return new(
            posts,
            [.. ids.Select(each => each.Where(accounts.ContainsKey).Select(id => accounts[id]).ToList())],
            media.Values.Where(one => one.State == SocialMediaStates.Ready).ToDictionary(one => one.Id, one => one.Facts),
            errors);
    }

    private const string HereSql = "SELECT id FROM social_accounts WHERE user_id = $1 AND id = ANY ($2)";

    /// <summary>
    /// A post that was set up long before it is made, without what is gone since: accounts and groups that the user has no more, and
    /// variants for accounts that it does not go to. It goes to the rest.
    /// </summary>
    /// <returns>The post, and what was left out, for people; a post that goes nowhere any more has no targets.</returns>
    public static async Task<(NewPost Post, IReadOnlyList<string> LeftOut)> WithoutGoneAsync(
        NpgsqlTransaction transaction, Guid userId, NewPost post, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(post);
        var (accounts, groups) = (post.Targets.Accounts, post.Targets.Groups);
        var here = (await transaction.Command(HereSql, userId, accounts.ToArray())
            .ListAsync(row => row.GetGuid(0), cancellationToken)).ToHashSet();
        var members = await MembersAsync(transaction, userId, [.. groups], cancellationToken);
        var goesTo = here.Concat(members.SelectMany(group => group).OfType<Guid>()).ToHashSet();
        return (
            post with
            {
                Content = post.Content with { Accounts = post.Content.Accounts.Where(one => goesTo.Contains(one.Key)).ToDictionary() },
                Targets = goesTo.Count == 0
                    ? new()
                    : new() { Accounts = [.. accounts.Where(here.Contains)], Groups = [.. groups.Where(members.Contains)] },
            },
            [
                .. accounts.Where(id => !here.Contains(id)).Select(id => $"There is no account {id} any more."),
                .. groups.Where(id => !members.Contains(id)).Select(id => $"There is no group {id} any more."),
            ]);
    }

    private static async Task<ILookup<Guid, Guid?>> MembersAsync(
        NpgsqlTransaction transaction, Guid userId, Guid[] groups, CancellationToken cancellationToken)
    {
        List<(Guid Group, Guid? Account)> members = groups.Length == 0
            ? []
            : await transaction.Command(GroupsSql, userId, groups, MaxTargets + 1)
                .ListAsync(row => (row.GetGuid(0), row.Nullable<Guid>(1)), cancellationToken);
        return members.ToLookup(member => member.Group, member => member.Account);
    }

    private static List<Guid> AccountsOf(int index, PostTargets targets, ILookup<Guid, Guid?> groups, List<PostError> errors)
    {
        errors.AddRange(targets.Groups.Index().Where(one => !groups.Contains(one.Item))
            .Select(one => new PostError(index, $"targets.groups[{Number(one.Index)}]", $"There is no group {one.Item}.")));
        var ids = targets.Accounts.Concat(targets.Groups.SelectMany(group => groups[group]).OfType<Guid>()).Distinct().ToList();
        if (ids.Count > MaxTargets)
            errors.Add(new(index, "targets", $"It has more than {MaxTargets} targets, which are the most: make several posts."));
        else if (ids.Count == 0 && !targets.IsEmpty && errors.Count == 0)
            errors.Add(new(index, "targets", "Its groups have no accounts."));
        return ids;
    }

    private static string WhyNot(Guid id, SocialMedia? media) => media?.State switch
    {
        null or SocialMediaStates.Deleting => $"There is no media {id}.",
        SocialMediaStates.Uploading => $"The media {id} is not uploaded to its end.",
        _ => $"The media {id} was refused: {media.Error}",
    };

    private static string Number(int index) => index.ToString(CultureInfo.InvariantCulture);
}
