using System.Text.Json;
using Npgsql;
using Switchboard.Core.Postgres;
using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Publishing;

namespace Switchboard.Workers.Dispatch.Social.Publishing;

/// <summary>What is to be done about a target.</summary>
internal enum Turn
{
    /// <summary>Nothing: it is done, was cancelled, or waits for something other than time.</summary>
    None,

    /// <summary>It is looked at again later.</summary>
    Later,

    /// <summary>Somebody else has it, or has died with it.</summary>
    Claimed,

    /// <summary>Another post of its account goes first.</summary>
    Busy,

    /// <summary>It is to be published.</summary>
    Publish,

    /// <summary>An attempt was begun by somebody who has not said what came of it.</summary>
    InDoubt,

    /// <summary>Its platform is to be asked whether it was made.</summary>
    ReadBack,
}

/// <summary>A target as the claim found it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="UserId">Whose.</param>
/// <param name="PostId">Its post.</param>
/// <param name="AccountId">The account that it goes to.</param>
/// <param name="Platform">Its platform.</param>
/// <param name="State">Its state.</param>
/// <param name="Turn">What is to be done.</param>
/// <param name="Claim">The claim, where it is ours.</param>
internal sealed record ClaimedTarget(
    Guid Id, Guid UserId, Guid PostId, Guid AccountId, string Platform, string State, Turn Turn, Guid Claim)
{
    /// <summary>The job that its row names: no other one is of any use.</summary>
    public Guid JobId { get; init; }

    /// <summary>When it is looked at again.</summary>
    public DateTimeOffset? LookAt { get; init; }

    /// <summary>When it is due.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>What its post says now.</summary>
    public required PostContent Content { get; init; }

    /// <summary>Of which version of the post that is.</summary>
    public required int Version { get; init; }

    /// <summary>Attempts that were begun.</summary>
    public required int Attempts { get; init; }

    /// <summary>How many there may be.</summary>
    public required int AttemptLimit { get; init; }

    /// <summary>What was prepared: of this version of the post, or, of what was sent, of that.</summary>
    public JsonElement? Prepared { get; init; }

    /// <summary>What was sent by the last attempt.</summary>
    public PostVariant? Sent { get; init; }

    /// <summary>When that began.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>Why it waits.</summary>
    public string? Reason { get; init; }

    /// <summary>Since when it waits for that reason.</summary>
    public DateTimeOffset? HeldSince { get; init; }

    /// <summary>The state of its account.</summary>
    public required string AccountState { get; init; }

    /// <summary>Why the account is in it.</summary>
    public string? AccountReason { get; init; }

    /// <summary>Until when its platform limits the account; it stays while the account is paused.</summary>
    public DateTimeOffset? AccountUntil { get; init; }

    /// <summary>What counts against the caps of the account today.</summary>
    public int SentToday { get; init; }

    /// <summary>Reads a row of <see cref="PublishingStore.ClaimAsync"/>.</summary>
    public static ClaimedTarget Read(NpgsqlDataReader row, Guid claim) => new(
        row.GetGuid(0), row.GetGuid(1), row.GetGuid(2), row.GetGuid(3), row.GetString(4), row.GetString(5), TurnOf(row.GetString(6)), claim)
    {
        LookAt = row.Nullable<DateTimeOffset>(7),
        DueAt = row.Nullable<DateTimeOffset>(8) ?? DateTimeOffset.MinValue,
        Content = PostContent.Read(row.GetString(9)),
        Version = row.GetInt32(10),
        Attempts = row.GetInt32(11),
        AttemptLimit = row.Nullable<int>(12) ?? PublishTargetStore.MaxAttempts,
        Prepared = row.Text(13) is { } prepared ? JsonSerializer.Deserialize<JsonElement>(prepared) : null,
        Sent = row.Text(14) is { } sent ? JsonSerializer.Deserialize<PostVariant>(sent, JsonSerializerOptions.Web) : null,
        SentAt = row.Nullable<DateTimeOffset>(15),
        Reason = row.Text(16),
        HeldSince = row.Nullable<DateTimeOffset>(17),
        AccountState = row.GetString(18),
        AccountReason = row.Text(19),
        AccountUntil = row.Nullable<DateTimeOffset>(20),
        SentToday = row.GetInt32(21),
        JobId = row.GetGuid(22),
    };

    private static Turn TurnOf(string turn) => turn switch
    {
        "publish" => Turn.Publish,
        "in-doubt" => Turn.InDoubt,
        "read-back" => Turn.ReadBack,
        "claimed" => Turn.Claimed,
        "busy" => Turn.Busy,
        "later" => Turn.Later,
        _ => Turn.None,
    };

    /// <summary>What becomes of it.</summary>
    /// <param name="state">Its state from now.</param>
    /// <param name="number">The attempt that it is about.</param>
    public TargetSettlement Becomes(string state, int number) => new(Id, UserId, Claim, number, state);
}

/// <summary>What of an account changes with what its platform said.</summary>
/// <param name="State">Its state from now.</param>
/// <param name="Failure">What was said.</param>
/// <param name="Until">Of one that is limited, until when.</param>
internal sealed record AccountChange(string State, ProviderFailure Failure, DateTimeOffset? Until = null)
{
    /// <summary>What becomes of an account that its platform does not let in; null where the failure says nothing of the account.</summary>
    public static AccountChange? Of(ProviderFailure failure) => failure.Kind switch
    {
        FailureKind.Unauthorized or FailureKind.GrantRevoked => new(AccountStates.NeedsAuthorization, failure),
        FailureKind.AccountBlocked => new(AccountStates.Suspended, failure),
        _ => null,
    };
}

/// <summary>What was decided about a target.</summary>
/// <param name="Target">What it becomes.</param>
/// <param name="Account">What its account becomes; null: that stays.</param>
internal sealed record PublishDecision(TargetSettlement Target, AccountChange? Account = null);

/// <summary>What begins an attempt.</summary>
/// <param name="Target">The target, claimed.</param>
/// <param name="Sent">What is sent.</param>
/// <param name="Cap">How many posts of the account may count today; null for any.</param>
internal sealed record AttemptBegin(ClaimedTarget Target, PostVariant Sent, int? Cap);

/// <summary>What came of asking to begin an attempt.</summary>
internal enum BeginResult
{
    /// <summary>It is recorded: the one request may be made.</summary>
    Begun,

    /// <summary>The target is not ours any more: cancelled, armed again, or claimed by others since our claim has ended.</summary>
    Lost,

    /// <summary>Its post was changed since it was claimed.</summary>
    Changed,

    /// <summary>Another post of the account is under way.</summary>
    Busy,

    /// <summary>The account has had its posts of the day.</summary>
    Capped,
}
