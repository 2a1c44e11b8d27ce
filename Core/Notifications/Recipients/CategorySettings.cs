using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Core.Notifications.Recipients;

/// <summary>What holds for the notifications of a category: a row in <c>notification_categories</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsCritical">It ignores preferences, quiet hours, digests and throttles.</param>
/// <param name="Channels">The channels it goes over where a call names none; null for all that a recipient can be reached by.</param>
/// <param name="Preferences">By channel, <c>*</c> for all others, whether recipients get it who have chosen nothing themselves.</param>
/// <param name="Fallback">Which channel is next when one fails; null for none.</param>
/// <param name="Digest">How several are gathered into one; null where each is sent.</param>
/// <param name="Throttle">By channel, how many a recipient gets; a channel that is not there has no limit.</param>
[ImmutableObject(true)]
public sealed record CategorySettings(
    string Name,
    bool IsCritical,
    IReadOnlyList<string>? Channels = null,
    IReadOnlyDictionary<string, bool>? Preferences = null,
    FallbackSettings? Fallback = null,
    DigestSettings? Digest = null,
    IReadOnlyDictionary<string, ThrottleSettings>? Throttle = null)
{
    /// <summary>The name of the category of all that names no other; it is always there.</summary>
    public const string DefaultName = "default";

    /// <summary>The category <see cref="DefaultName"/> of a user who has set nothing for it.</summary>
    public static CategorySettings Default { get; } = new(DefaultName, IsCritical: false);

    /// <summary>The column <c>settings</c>: what is no column of its own.</summary>
    internal string WriteSettings() => JsonSerializer.Serialize(
        new StoredSettings(Channels, Preferences, Fallback, Digest, Throttle), CategoryJson.Default.StoredSettings);

    /// <summary>A row.</summary>
    internal static CategorySettings Read(string name, bool isCritical, string settings)
    {
        var stored = JsonSerializer.Deserialize(settings, CategoryJson.Default.StoredSettings)
            ?? throw new JsonException("The settings are null.");
        return new(name, isCritical, stored.Channels, stored.Preferences, stored.Fallback, stored.Digest, stored.Throttle);
    }
}

/// <summary>An ordered list of channels of which one is enough.</summary>
/// <param name="Channels">The first is tried first.</param>
/// <param name="AfterMinutes">The next one goes too when the one before was not delivered for so long; null: only when it failed for
/// good.</param>
public sealed record FallbackSettings(IReadOnlyList<string> Channels, int? AfterMinutes = null);

/// <summary>When a digest is sent.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DigestMode>))]
public enum DigestMode
{
    /// <summary>So many minutes after its first event.</summary>
    [JsonStringEnumMemberName("fixed")]
    Fixed,

    /// <summary>So many minutes after its last event, at most <see cref="DigestSettings.MaxMinutes"/> after the first.</summary>
    [JsonStringEnumMemberName("sliding")]
    Sliding,

    /// <summary>At a time of the day in the recipient's zone.</summary>
    [JsonStringEnumMemberName("daily")]
    Daily,
}

/// <summary>How the events of a recipient and key are gathered into one notification.</summary>
/// <param name="Mode">When it is sent.</param>
/// <param name="Minutes">Of <see cref="DigestMode.Fixed"/> and <see cref="DigestMode.Sliding"/>.</param>
/// <param name="MaxMinutes">Of <see cref="DigestMode.Sliding"/>.</param>
/// <param name="At">Of <see cref="DigestMode.Daily"/>.</param>
public sealed record DigestSettings(
    DigestMode Mode,
    int? Minutes = null,
    int? MaxMinutes = null,
    [property: JsonConverter(typeof(MinuteConverter))] TimeOnly? At = null);

/// <summary>How many notifications of a category a recipient gets over a channel in any span of so many seconds.</summary>
/// <param name="Count">So many.</param>
/// <param name="Seconds">In so many seconds.</param>
public sealed record ThrottleSettings(int Count, int Seconds);

internal sealed record StoredSettings(
    IReadOnlyList<string>? Channels,
    IReadOnlyDictionary<string, bool>? Preferences,
    FallbackSettings? Fallback,
    DigestSettings? Digest,
    IReadOnlyDictionary<string, ThrottleSettings>? Throttle);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoredSettings))]
internal sealed partial class CategoryJson : JsonSerializerContext;
