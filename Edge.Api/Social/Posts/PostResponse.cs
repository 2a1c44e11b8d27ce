using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Core.Social;

namespace Switchboard.Edge.Api.Social.Posts;

/// <summary>A post.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">draft, scheduled, publishing, published, partly, failed or cancelled.</param>
/// <param name="Content">What it says.</param>
/// <param name="Audience">Where it was asked to go.</param>
/// <param name="ScheduledAt">When it goes out; null of a draft without a time and of one in a queue.</param>
/// <param name="ScheduleId">The schedule in whose queue it waits, or that made it.</param>
/// <param name="QueuePosition">Its place in the queue: posts with a smaller one go before it.</param>
/// <param name="Tags">Words by which it is found.</param>
/// <param name="Metadata">What is kept with it.</param>
/// <param name="Version">Counts up with each change: to be given back with one, so that it changes what was read.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it changed last.</param>
/// <param name="FinishedAt">When the last of its targets was published, failed or cancelled.</param>
/// <param name="TargetStates">How many of its targets are in which state.</param>
internal sealed record PostResponse(
    Guid Id,
    string State,
    PostContent Content,
    PostTargets Audience,
    DateTimeOffset? ScheduledAt,
    Guid? ScheduleId,
    long? QueuePosition,
    IReadOnlyList<string> Tags,
    JsonElement Metadata,
    int Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? FinishedAt,
    IReadOnlyDictionary<string, int> TargetStates)
{
    /// <summary>The accounts that it goes to, of a post that is read by its id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TargetResponse>? Targets { get; init; }

    /// <summary>Its version as the header <c>ETag</c> says it.</summary>
    [JsonIgnore]
    public string EntityTag => $"\"{Version}\"";
}

/// <summary>An account that a post goes to.</summary>
/// <param name="Id">The target's id.</param>
/// <param name="AccountId">The account.</param>
/// <param name="Platform">Its platform.</param>
/// <param name="State">draft, pending, waiting, preparing, ready, sending, unknown, published, failed, cancelled or deleted.</param>
/// <param name="Reason">Why it waits, failed or is not known, for programs.</param>
/// <param name="Error">The same for people.</param>
/// <param name="DueAt">When it is due.</param>
/// <param name="NextAttemptAt">When it is looked at next.</param>
/// <param name="SentAt">When its last attempt began.</param>
/// <param name="PublishedAt">When it was published.</param>
/// <param name="RemoteId">The platform's id of it.</param>
/// <param name="Url">Where people see it.</param>
/// <param name="Attempts">Each attempt to send it.</param>
internal sealed record TargetResponse(
    Guid Id,
    Guid AccountId,
    string Platform,
    string State,
    string? Reason,
    string? Error,
    DateTimeOffset? DueAt,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset? SentAt,
    DateTimeOffset? PublishedAt,
    string? RemoteId,
    string? Url,
    IReadOnlyList<AttemptResponse> Attempts);

/// <summary>An attempt to send a target.</summary>
/// <param name="Number">Which, from 1.</param>
/// <param name="State">prepared, sending, accepted, failed or unknown.</param>
/// <param name="SettledBy">How that is known: answer, read-back or person.</param>
/// <param name="HttpStatus">What the platform answered.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="BeganAt">When it began.</param>
/// <param name="EndedAt">When it was settled.</param>
internal sealed record AttemptResponse(
    int Number, string State, string? SettledBy, int? HttpStatus, string? Error, DateTimeOffset BeganAt, DateTimeOffset? EndedAt);
