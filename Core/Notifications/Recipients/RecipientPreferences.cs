using System.ComponentModel;
using System.Text.Json;

namespace Switchboard.Core.Notifications.Recipients;

/// <summary>What a recipient, or a user for all of theirs, has chosen: a row in <c>recipient_preferences</c>.</summary>
/// <param name="Choices">By category and channel whether it is wanted; <c>*</c> is every category, or every channel.</param>
/// <param name="QuietHours">When nothing is to come; null where that was not said.</param>
[ImmutableObject(true)]
public sealed record PreferenceSet(
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, bool>> Choices, IReadOnlyList<QuietWindow>? QuietHours)
{
    /// <summary>What stands for every category, or every channel.</summary>
    public const string Any = "*";

    /// <summary>Nothing was chosen.</summary>
    public static PreferenceSet None { get; } = new(new Dictionary<string, IReadOnlyDictionary<string, bool>>(), null);

    /// <summary>What was chosen; null where nothing was. What names the category counts before what names the channel alone.</summary>
    public bool? Choice(string category, string channel) => Of(category, channel) ?? Of(Any, channel);

    /// <summary>The columns of a row.</summary>
    internal static PreferenceSet Read(string choices, string? quietHours) => new(
        JsonSerializer.Deserialize<Dictionary<string, IReadOnlyDictionary<string, bool>>>(choices, JsonSerializerOptions.Web)!,
        quietHours is null ? null : JsonSerializer.Deserialize<QuietWindow[]>(quietHours, JsonSerializerOptions.Web));

    internal string WriteChoices() => JsonSerializer.Serialize(Choices, JsonSerializerOptions.Web);

    internal string? WriteQuietHours() => QuietHours is null ? null : JsonSerializer.Serialize(QuietHours, JsonSerializerOptions.Web);

    private bool? Of(string category, string channel) => Choices.TryGetValue(category, out var channels) ? Of(channels, channel) : null;

    /// <summary>What is said of a channel, or of every channel.</summary>
    internal static bool? Of(IReadOnlyDictionary<string, bool> channels, string channel) =>
        channels.TryGetValue(channel, out var own) || channels.TryGetValue(Any, out own) ? own : null;
}

/// <summary>What holds for a recipient: their own choice before that of the category, and that before the user's for all.</summary>
/// <param name="Own">What the recipient has chosen.</param>
/// <param name="UserDefaults">What their user has set for all.</param>
public sealed record RecipientPreferences(PreferenceSet Own, PreferenceSet UserDefaults)
{
    /// <summary>Nothing was chosen by anybody.</summary>
    public static RecipientPreferences None { get; } = new(PreferenceSet.None, PreferenceSet.None);

    /// <summary>Whether notifications of a category are wanted over a channel. What is critical always is.</summary>
    public bool Wants(string category, string channel, CategorySettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.IsCritical
            || (Own.Choice(category, channel)
                ?? (settings.Preferences is { } defaults ? PreferenceSet.Of(defaults, channel) : null)
                ?? UserDefaults.Choice(category, channel)
                ?? true);
    }

    /// <summary>When the quiet hours end that an instant is in; null when it is in none. What is critical is not to ask.</summary>
    /// <param name="now">The instant.</param>
    /// <param name="timeZone">The recipient's zone; null for UTC, as is one that the database of zones does not know any more.</param>
    public DateTimeOffset? QuietUntil(DateTimeOffset now, string? timeZone) =>
        (Own.QuietHours ?? UserDefaults.QuietHours) is { Count: > 0 } windows
            ? QuietHours.Until(windows, now, LocalTimes.FindZone(timeZone) ?? TimeZoneInfo.Utc)
            : null;
}
