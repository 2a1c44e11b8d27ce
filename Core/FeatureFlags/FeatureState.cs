namespace Switchboard.Core.FeatureFlags;

/// <summary>How one feature stands in this process, for people.</summary>
/// <param name="Flag">Its name.</param>
/// <param name="Guards">What it turns on.</param>
/// <param name="Source">What decides: <c>flag</c> (its flat names), <c>section</c> (<c>FeatureManagement</c>) or <c>default</c>.</param>
/// <param name="Enabled">Whether it is on for anyone; null where the section <c>FeatureManagement</c> decides call by call.</param>
/// <param name="Percentage">For how many of a hundred accounts; null likewise.</param>
/// <param name="Shadow">Whether it only runs beside the plain path.</param>
/// <param name="FailuresInARow">What the safety switch counts.</param>
/// <param name="TrippedUntil">Until when the safety switch has turned it off; once past, the next call tries it. Null while it is on.</param>
/// <param name="Shadows">What its shadows showed.</param>
public sealed record FeatureState(
    string Flag,
    string Guards,
    string Source,
    bool? Enabled,
    int? Percentage,
    bool Shadow,
    int FailuresInARow,
    DateTimeOffset? TrippedUntil,
    ShadowCounts Shadows);
