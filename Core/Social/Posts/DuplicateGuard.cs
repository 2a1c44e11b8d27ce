using System.ComponentModel.DataAnnotations;
using Npgsql;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Social.Posts;

/// <summary>What counts as saying the same again; section <c>Social:DuplicateGuard</c>.</summary>
public sealed class DuplicateGuardOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Social:DuplicateGuard";

    /// <summary>Whether posts are compared at all.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How far apart in time two posts may be to be compared, in days.</summary>
    [Range(1, 365)]
    public int Days { get; set; } = 7;

    /// <summary>In how many of 64 bits the fingerprints of two texts may differ to count as the same.</summary>
    [Range(0, TextFingerprint.MaxDistance)]
    public int MaxDistance { get; set; } = TextFingerprint.MaxDistance;
}

/// <summary>A text that a post would send, to be compared.</summary>
/// <param name="Index">Which post of the call, from 0.</param>
/// <param name="PostId">The post.</param>
/// <param name="Hash">The text's fingerprint.</param>
/// <param name="At">When it would be sent.</param>
public sealed record NewText(int Index, Guid PostId, long Hash, DateTimeOffset At);

/// <summary>What a post says that was said already, or is going to be.</summary>
/// <param name="Index">Which post of the call, from 0.</param>
/// <param name="PostId">The other post; null where it is one of the same call.</param>
/// <param name="OtherIndex">Which post of the same call; null where it is another.</param>
/// <param name="AccountId">An account that the other goes to.</param>
/// <param name="At">When the other was or will be sent.</param>
/// <param name="Distance">In how many of 64 bits they differ.</param>
public sealed record NearDuplicate(int Index, Guid? PostId, int? OtherIndex, Guid? AccountId, DateTimeOffset At, int Distance);

/// <summary>
/// Finds near-duplicates: texts of a user that say the same as another one, at any of the user's accounts, within some days. Platforms take
/// that for spam, and most often it is a mistake. Within a post several accounts get the same: that is what it is for.
/// </summary>
public sealed class DuplicateGuard(IOptions<DuplicateGuardOptions> options)
{
    // as many as advisory locks of one call may be; texts that are alike are most often in the same
    private const int LockShift = 58;

    // two that are alike have one of them in common (TextFingerprint.MaxDistance)
    private const int Quarters = 4;

    /// <summary>Whether posts are compared.</summary>
    public bool IsOn => options.Value.Enabled;

    /// <summary>The texts of posts, each once for each post, and of those of a post that have one fingerprint one.</summary>
    public static IReadOnlyList<NewText> TextsOf(ResolvedPosts resolved, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(resolved);
        return
        [
            .. from post in resolved.Posts.Zip(resolved.Targets).Index()
               where post.Item.First.State != PostStates.Draft
               let content = post.Item.First.Content
               from hash in post.Item.Second.Select(account => content.For(account.Platform, account.Id).Text ?? "").Distinct()
                   .Select(TextFingerprint.Of).OfType<long>().Distinct()
               select new NewText(post.Index, post.Item.First.Id, hash, post.Item.First.ScheduledAt ?? now),
        ];
    }

    // sorted: two calls take them in the same order
    private const string LockSql =
        $"SELECT {AdvisoryLocks.OfPostTexts} FROM (SELECT slot FROM unnest($2::int[]) AS slot ORDER BY slot) AS slots";

    private const string FindSql =
        """
        SELECT new.number::int - 1, met.post_id, met.account_id, met.at, met.distance
        FROM unnest($2::bigint[], $3::uuid[], $4::timestamptz[]) WITH ORDINALITY AS new (hash, post_id, at, number)
        CROSS JOIN LATERAL (
            SELECT t.post_id, t.account_id, coalesce(t.sent_at, t.due_at, t.created_at) AS at,
                   bit_count((t.text_hash # new.hash)::bit(64))::int AS distance
            FROM social_post_targets AS t
            WHERE t.user_id = $1 AND t.text_hash IS NOT NULL AND t.post_id <> new.post_id
              AND (((t.text_hash >> 48) & 65535) = ((new.hash >> 48) & 65535)
                OR ((t.text_hash >> 32) & 65535) = ((new.hash >> 32) & 65535)
                OR ((t.text_hash >> 16) & 65535) = ((new.hash >> 16) & 65535)
                OR (t.text_hash & 65535) = (new.hash & 65535))
              AND bit_count((t.text_hash # new.hash)::bit(64)) <= $5
              AND t.state NOT IN ('draft', 'failed', 'cancelled', 'deleted')
              AND coalesce(t.sent_at, t.due_at, t.created_at) BETWEEN new.at - $6 AND new.at + $6
            LIMIT 1) AS met
        """;

    /// <summary>
    /// What is met, among the posts themselves and those that are there. Two calls with the same text wait for each other, so that of two
    /// that come at once one meets the other.
    /// </summary>
    public async Task<IReadOnlyList<NearDuplicate>> FindAsync(
        NpgsqlTransaction transaction, Guid userId, IReadOnlyList<NewText> texts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (!IsOn || texts.Count == 0)
            return [];
        var among = Among(texts, options.Value);
        if (among.Count > 0)
            return among;
        await transaction.Command(LockSql, userId, texts.Select(text => (int)((ulong)text.Hash >> LockShift)).Distinct().ToArray())
            .RunAsync(cancellationToken);
        return await transaction.Command(
            FindSql, userId,
            texts.Select(text => text.Hash).ToArray(),
            texts.Select(text => text.PostId).ToArray(),
            texts.Select(text => text.At.ToUniversalTime()).ToArray(),
            options.Value.MaxDistance,
            TimeSpan.FromDays(options.Value.Days))
            .ListAsync(
                row => new NearDuplicate(
                    texts[row.GetInt32(0)].Index, row.GetGuid(1), null, row.GetGuid(2), row.GetFieldValue<DateTimeOffset>(3),
                    row.GetInt32(4)),
                cancellationToken);
    }

    /// <summary>What is met among the posts of one call. A pure decision.</summary>
    internal static List<NearDuplicate> Among(IReadOnlyList<NewText> texts, DuplicateGuardOptions options)
    {
        var met = new List<NearDuplicate>();
        var days = TimeSpan.FromDays(options.Days);
        var known = new HashSet<(Guid PostId, long Hash)>();
        var byQuarter = new Dictionary<(int Quarter, ushort Bits), List<int>>();
        for (var at = 0; at < texts.Count; at++)
        {
            // what another variant of the post has said already
            if (!known.Add((texts[at].PostId, texts[at].Hash)))
                continue;
            var place = int.MaxValue;
            for (var quarter = 0; quarter < Quarters; quarter++)
            {
                var key = (quarter, unchecked((ushort)(texts[at].Hash >> (16 * quarter))));
                if (!byQuarter.TryGetValue(key, out var same))
                    byQuarter[key] = same = [];
                place = Math.Min(place, FirstMet(same, texts[at]));
                same.Add(at);
            }

            if (place < int.MaxValue && texts[place] is var first)
                met.Add(new(
                    texts[at].Index, null, first.Index, null, first.At, TextFingerprint.Distance(texts[at].Hash, first.Hash)));
        }

        return met;

        int FirstMet(List<int> places, NewText text)
        {
            foreach (var place in places)
            {
                var other = texts[place];
                if (TextFingerprint.Distance(text.Hash, other.Hash) <= options.MaxDistance && text.PostId != other.PostId
                    && (text.At - other.At).Duration() <= days)
                    return place;
            }

            return int.MaxValue;
        }
    }
}
