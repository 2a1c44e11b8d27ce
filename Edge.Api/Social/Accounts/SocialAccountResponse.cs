using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;

namespace Switchboard.Edge.Api.Social.Accounts;

/// <summary>The warm-up of an account.</summary>
/// <param name="ProtocolId">Which protocol it follows.</param>
/// <param name="StartedAt">Since when.</param>
/// <param name="EndsAt">When it is over.</param>
/// <param name="Cap">How many posts a day it lets pass now; null when it is over.</param>
internal sealed record WarmupResponse(Guid ProtocolId, DateTimeOffset StartedAt, DateTimeOffset? EndsAt, int? Cap);

/// <summary>A social account; never its tokens.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Platform">instagram, facebook, x, linkedin, mastodon or bluesky.</param>
/// <param name="Server">Of Mastodon and Bluesky, where it is.</param>
/// <param name="ExternalId">What its platform knows it by.</param>
/// <param name="Handle">What people know it by.</param>
/// <param name="DisplayName">Its name for people.</param>
/// <param name="State">connecting, warming, active, limited, needs-authorization, suspended or paused.</param>
/// <param name="StateReason">Why.</param>
/// <param name="StateUntil">Of limited, and of one that was paused meanwhile: until when its platform lets it publish nothing.</param>
/// <param name="StateChangedAt">Since when.</param>
/// <param name="ProxyId">Its own proxy; null: that of the first of its groups by name that has one, or none.</param>
/// <param name="Warmup">Its warm-up; null when it never had one.</param>
/// <param name="DailyCap">How many posts a day its user lets it publish; null for as many as the platform takes.</param>
/// <param name="Tags">Its user's words for it.</param>
/// <param name="Groups">The groups that it is in.</param>
/// <param name="Quota">What its platform lets it publish, as it was told last.</param>
/// <param name="TokenRefreshedAt">When its authorization was renewed last.</param>
/// <param name="TokenExpiresAt">Until when it is good, if it ends; it is renewed before.</param>
/// <param name="LastPublishedAt">When it published last.</param>
/// <param name="NextCheckAt">When its platform is asked next whether it is well.</param>
/// <param name="CreatedAt">When it was connected first.</param>
/// <param name="UpdatedAt">When it was changed last.</param>
internal sealed record SocialAccountResponse(
    Guid Id, string Platform, string? Server, string ExternalId, string Handle, string? DisplayName, string State, string? StateReason,
    DateTimeOffset? StateUntil, DateTimeOffset StateChangedAt, Guid? ProxyId, WarmupResponse? Warmup, int? DailyCap,
    IReadOnlyList<string> Tags, IReadOnlyList<Guid> Groups, AccountQuota? Quota, DateTimeOffset? TokenRefreshedAt,
    DateTimeOffset? TokenExpiresAt, DateTimeOffset? LastPublishedAt, DateTimeOffset? NextCheckAt, DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    /// <summary>The columns of <see cref="Tables"/>, in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns =
        """
        a.id, a.platform, a.server, a.external_id, a.handle, a.display_name, a.state, a.state_reason, a.state_until, a.state_changed_at,
        a.proxy_id, a.warmup_protocol_id, a.warmup_started_at, a.warmup_ends_at, w.steps::text, a.daily_cap, a.tags,
        ARRAY(SELECT m.group_id FROM social_group_members AS m WHERE m.account_id = a.id AND m.user_id = a.user_id ORDER BY m.group_id),
        a.quota::text, a.token_refreshed_at, a.token_expires_at, a.last_published_at, a.next_health_check_at, a.created_at, a.updated_at
        """;

    /// <summary>An account and its protocol.</summary>
    public const string Tables =
        "social_accounts AS a LEFT JOIN warmup_protocols AS w ON w.user_id = a.user_id AND w.id = a.warmup_protocol_id";

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static SocialAccountResponse Read(NpgsqlDataReader row, DateTimeOffset now) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2) is { Length: > 0 } server ? server : null, row.GetString(3), row.GetString(4),
        row.Text(5), row.GetString(6), row.Text(7), row.Nullable<DateTimeOffset>(8), row.GetFieldValue<DateTimeOffset>(9),
        row.Nullable<Guid>(10), ReadWarmup(row, now), row.Nullable<int>(15), row.GetFieldValue<string[]>(16), row.GetFieldValue<Guid[]>(17),
        row.Text(18) is { } quota ? AccountQuota.Read(quota) : null, row.Nullable<DateTimeOffset>(19), row.Nullable<DateTimeOffset>(20),
        row.Nullable<DateTimeOffset>(21), row.Nullable<DateTimeOffset>(22), row.GetFieldValue<DateTimeOffset>(23),
        row.GetFieldValue<DateTimeOffset>(24));

    private static WarmupResponse? ReadWarmup(NpgsqlDataReader row, DateTimeOffset now) =>
        row.Nullable<Guid>(11) is { } protocol && row.Nullable<DateTimeOffset>(12) is { } startedAt
            ? new(
                protocol, startedAt, row.Nullable<DateTimeOffset>(13),
                row.Text(14) is { } steps ? WarmupPlan.CapOf(WarmupPlan.Read(steps), startedAt, now) : null)
            : null;
}

/// <summary>What a person may do to the state of an account. Pure decisions.</summary>
internal static class AccountTransitions
{
    private const string ConnectAgain = "Its platform does not take its authorization: connect it again at POST /api/accounts/social.";

    /// <summary>Why it cannot be paused; null when it can.</summary>
    public static string? PauseRefusal(string state) => state == AccountStates.NeedsAuthorization ? ConnectAgain : null;

    /// <summary>Why it cannot go on; null when it can.</summary>
    public static string? ResumeRefusal(string state, DateTimeOffset? until) => state switch
    {
        AccountStates.NeedsAuthorization => ConnectAgain,
        AccountStates.Limited => $"Its platform lets it publish nothing now. It goes on by itself{(until is { } at ? $" at {at:u}" : "")}.",
        _ => null,
    };

    /// <summary>The state in which it goes on.</summary>
    public static string Resumed(LockedSocialAccount account, DateTimeOffset now) => account.State switch
    {
        AccountStates.Paused when account.StateUntil > now => AccountStates.Limited,
        AccountStates.Paused or AccountStates.Suspended => account.WarmupEndsAt > now ? AccountStates.Warming : AccountStates.Active,
        _ => account.State,
    };

    /// <summary>The state when its warm-up begins (again), or is taken away.</summary>
    public static string Warmed(string state, DateTimeOffset? warmupEndsAt, DateTimeOffset now) => state switch
    {
        AccountStates.Active or AccountStates.Warming => warmupEndsAt > now ? AccountStates.Warming : AccountStates.Active,
        _ => state,
    };
}
