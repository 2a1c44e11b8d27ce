namespace Switchboard.Core.FeatureFlags;

/// <summary>What the configuration says of one feature by its flat names.</summary>
/// <param name="IsSet">Whether it says on or off, or a percentage; else the section <c>FeatureManagement</c> may, and else it is on.</param>
/// <param name="Enabled"><c>{FLAG}</c>: whether it is on at all.</param>
/// <param name="Percentage"><c>{FLAG}_PERCENTAGE</c>: for how many of a hundred accounts.</param>
/// <param name="Shadow"><c>{FLAG}_SHADOW</c>: whether it only runs beside the plain path, to be compared.</param>
internal sealed record FlagSettings(bool IsSet, bool Enabled, int Percentage, bool Shadow)
{
    public static readonly FlagSettings Default = new(IsSet: false, Enabled: true, Percentage: 100, Shadow: false);
}
