using System.Text.Json;
using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Platforms;

namespace Switchboard.Workers.Dispatch.Social;

/// <summary>
/// A platform's API, as publishing uses it; one for each name of <see cref="SocialPlatforms"/>. Whatever does not succeed is a
/// <see cref="ProviderException"/> whose kind says what follows: <see cref="FailureKind.UnknownOutcome"/> of
/// <see cref="SendAsync"/> is read back and never repeated blindly.
/// </summary>
internal interface ISocialPlatform
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>
    /// Does what goes before the post: uploads media, makes containers. It can be asked again at any point: what
    /// <see cref="PublishTarget.Prepared"/> has is used and not made again. Nothing of it is public.
    /// </summary>
    Task<Preparation> PrepareAsync(PublishTarget target, CancellationToken cancellationToken);

    /// <summary>Makes the post: one request, sent once.</summary>
    Task<PublishedPost> SendAsync(PublishTarget target, CancellationToken cancellationToken);

    /// <summary>Asks whether a post was made by an attempt whose outcome is not known.</summary>
    /// <param name="target">The target as it was sent.</param>
    /// <param name="sentAt">When the attempt began.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<ReadBack> ReadBackAsync(PublishTarget target, DateTimeOffset sentAt, CancellationToken cancellationToken);

    /// <summary>Deletes a post; one that is not there any more is deleted.</summary>
    Task DeleteAsync(SocialAccount account, string remoteId, CancellationToken cancellationToken);

    /// <summary>Asks whether the account is well, and what its platform's own quota leaves.</summary>
    Task<AccountCheck> CheckAsync(SocialAccount account, CancellationToken cancellationToken);
}

/// <summary>What goes to an account.</summary>
/// <param name="TargetId">The target: what idempotency keys and record keys are made of.</param>
/// <param name="Account">The account.</param>
/// <param name="Text">The text, as the platform gets it.</param>
/// <param name="Link">A link; null for none.</param>
/// <param name="Media">The media, in their order.</param>
/// <param name="DueAt">When it is due; between two attempts another time may be given to it.</param>
/// <param name="Attempt">Which attempt it is, from 1. An idempotency key is of the target and not of this, unless the last attempt is
/// certain to have made nothing.</param>
/// <param name="Prepared">What <see cref="ISocialPlatform.PrepareAsync"/> answered last; null before.</param>
internal sealed record PublishTarget(
    Guid TargetId,
    SocialAccount Account,
    string Text,
    string? Link,
    IReadOnlyList<PublishMedia> Media,
    DateTimeOffset DueAt,
    int Attempt,
    JsonElement? Prepared)
{
    /// <summary>What the platform calls other posts of the account that were sent about the same time: reading back takes none of
    /// them.</summary>
    public IReadOnlySet<string> Claimed { get; init; } = new HashSet<string>();
}

/// <summary>A file of a post.</summary>
/// <param name="Id">Its id in <c>social_media</c>.</param>
/// <param name="ContentType">What it is.</param>
/// <param name="Bytes">How large it is.</param>
/// <param name="AltText">What it shows, for who does not see it.</param>
/// <param name="Width">In pixels; null where not known.</param>
/// <param name="Height">In pixels; null where not known.</param>
/// <param name="PublicUrl">Where a platform can fetch it for a while; made for this attempt.</param>
/// <param name="OpenAsync">Its content.</param>
internal sealed record PublishMedia(
    Guid Id,
    string ContentType,
    long Bytes,
    string? AltText,
    int? Width,
    int? Height,
    Uri PublicUrl,
    Func<CancellationToken, Task<Stream>> OpenAsync)
{
    /// <summary>Whether it is a video.</summary>
    public bool IsVideo => ContentType.StartsWith("video/", StringComparison.Ordinal);
}

/// <summary>How far the preparation is.</summary>
/// <param name="State">What was made so far; kept, and given back.</param>
/// <param name="LookAgain">When to ask again whether the platform is done with it; null: ready to be sent.</param>
internal sealed record Preparation(JsonElement? State, TimeSpan? LookAgain = null)
{
    /// <summary>There is nothing to prepare.</summary>
    public static Preparation Ready { get; } = new((JsonElement?)null);
}

/// <summary>A post that was made.</summary>
/// <param name="RemoteId">The platform's id of it.</param>
/// <param name="Url">Where people see it; null where that is not told.</param>
/// <param name="Wait">The account is to send nothing for so long: the platform's headers say that its limit is near.</param>
internal sealed record PublishedPost(string RemoteId, string? Url = null, TimeSpan? Wait = null);

/// <summary>What reading back said.</summary>
internal abstract record ReadBack
{
    /// <summary>The post is there.</summary>
    public sealed record Found(PublishedPost Post) : ReadBack;

    /// <summary>It is certain that it was not made and will not be: it may be sent.</summary>
    public sealed record Absent : ReadBack;

    /// <summary>It is not there yet, which says nothing: look again after a while.</summary>
    public sealed record NotYet(TimeSpan LookAgain) : ReadBack;

    /// <summary>The platform cannot be asked: a person has to say.</summary>
    public sealed record CannotTell : ReadBack;
}

/// <summary>What a platform says of an account that is well.</summary>
/// <param name="Handle">What people know it by now.</param>
/// <param name="DisplayName">Its name for people.</param>
/// <param name="Quota">Its quota; null where the platform tells none.</param>
internal sealed record AccountCheck(string Handle, string? DisplayName = null, PlatformQuota? Quota = null)
{
    /// <summary>Of Mastodon, what its instance takes; null where it was not asked, or has not said.</summary>
    public InstanceLimits? Limits { get; init; }
}

/// <summary>What a platform lets an account publish.</summary>
/// <param name="Used">How many posts of the span are used.</param>
/// <param name="Limit">How many it lets publish.</param>
/// <param name="ResetsAt">When some become free again; null where that is not told.</param>
internal sealed record PlatformQuota(int Used, int Limit, DateTimeOffset? ResetsAt = null);
