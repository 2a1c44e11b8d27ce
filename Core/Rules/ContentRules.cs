namespace Switchboard.Core.Rules;

/// <summary>What a message must say; words and phrases are found anywhere in it, whatever their case.</summary>
/// <param name="AnyOf">At least one of these, if there are any.</param>
/// <param name="AllOf">Every one of these.</param>
/// <param name="NoneOf">Not one of these.</param>
/// <param name="Scope">Where to look.</param>
/// <param name="HasAttachment">Whether something must (true) or must not (false) be attached, of a text a media file; null for either.</param>
public sealed record ContentRules(
    IReadOnlyList<string> AnyOf,
    IReadOnlyList<string> AllOf,
    IReadOnlyList<string> NoneOf,
    ContentScope Scope = ContentScope.Both,
    bool? HasAttachment = null)
{
    /// <summary>No condition at all.</summary>
    public static ContentRules None { get; } = new([], [], []);
}
