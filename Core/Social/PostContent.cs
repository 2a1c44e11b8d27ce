using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Core.Social;

/// <summary>
/// What a post says: for all accounts, and where a platform or an account gets something else. The column <c>social_posts.content</c>.
/// </summary>
public sealed record PostContent
{
    // what a row leaves out, the reader sets to null
    private static readonly Dictionary<string, PostVariant> NoPlatforms = [];
    private static readonly Dictionary<Guid, PostVariant> NoAccounts = [];

    /// <summary>The text; may be empty where there is media.</summary>
    public string Text { get => field ?? ""; init; }

    /// <summary>A link that is shown as a card, where the platform does that, or else follows the text.</summary>
    public string? Link { get; init; }

    /// <summary>Ids in <c>social_media</c>, in their order.</summary>
    public IReadOnlyList<Guid> Media { get => field ?? []; init; }

    /// <summary>What a platform gets, by its name.</summary>
    public IReadOnlyDictionary<string, PostVariant> Platforms { get => field ?? NoPlatforms; init; }

    /// <summary>What an account gets, by its id; before what its platform gets.</summary>
    public IReadOnlyDictionary<Guid, PostVariant> Accounts { get => field ?? NoAccounts; init; }

    /// <summary>What an account gets: each field from its own variant, from that of its platform, or from the post.</summary>
    public PostVariant For(string platform, Guid accountId)
    {
        var account = Accounts.GetValueOrDefault(accountId);
        var common = Platforms.GetValueOrDefault(platform);
        return new()
        {
            Text = account?.Text ?? common?.Text ?? Text,
            Link = account?.Link ?? common?.Link ?? Link,
            Media = account?.Media ?? common?.Media ?? Media,
        };
    }

    /// <summary>All media that it names, each once.</summary>
    public IEnumerable<Guid> AllMedia() =>
        Platforms.Values.Concat(Accounts.Values).SelectMany(variant => variant?.Media ?? []).Concat(Media).Distinct();

    /// <summary>As it is stored.</summary>
    public string Write() => JsonSerializer.Serialize(this, SocialJson.Default.PostContent);

    /// <summary>What was stored.</summary>
    /// <exception cref="JsonException">It is not what <see cref="Write"/> makes.</exception>
    public static PostContent Read(string json) =>
        JsonSerializer.Deserialize(json, SocialJson.Default.PostContent) ?? throw new JsonException("The content is null.");
}

/// <summary>What differs for a platform or an account; what is null is as for all.</summary>
public sealed record PostVariant
{
    /// <summary>The text.</summary>
    public string? Text { get; init; }

    /// <summary>The link; empty for none.</summary>
    public string? Link { get; init; }

    /// <summary>The media; empty for none.</summary>
    public IReadOnlyList<Guid>? Media { get; init; }
}

/// <summary>Where a post goes, as it was asked for. The columns <c>targets</c> of <c>social_posts</c> and
/// <c>social_schedules</c>.</summary>
public sealed record PostTargets
{
    /// <summary>Accounts.</summary>
    public IReadOnlyList<Guid> Accounts { get => field ?? []; init; }

    /// <summary>Groups: the accounts that are in them when the post is made.</summary>
    public IReadOnlyList<Guid> Groups { get => field ?? []; init; }

    /// <summary>Whether it names anything.</summary>
    [JsonIgnore]
    public bool IsEmpty => Accounts.Count + Groups.Count == 0;

    /// <summary>As it is stored.</summary>
    public string Write() => JsonSerializer.Serialize(this, SocialJson.Default.PostTargets);

    /// <summary>What was stored.</summary>
    /// <exception cref="JsonException">It is not what <see cref="Write"/> makes.</exception>
    public static PostTargets Read(string json) =>
        JsonSerializer.Deserialize(json, SocialJson.Default.PostTargets) ?? throw new JsonException("The targets are null.");
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PostContent))]
[JsonSerializable(typeof(PostTargets))]
internal sealed partial class SocialJson : JsonSerializerContext;
