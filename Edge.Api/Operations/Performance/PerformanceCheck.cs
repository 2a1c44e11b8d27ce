namespace Switchboard.Edge.Api.Operations.Performance;

/// <summary>One thing that is looked at.</summary>
/// <param name="Name">What.</param>
/// <param name="Value">How it is now; null when there is nothing to go by yet.</param>
/// <param name="Threshold">How far it may go.</param>
/// <param name="Ok">Whether it is within that.</param>
internal sealed record PerformanceCheck(string Name, double? Value, double Threshold, bool Ok)
{
    /// <summary>Is fine up to its threshold.</summary>
    /// <param name="name">What.</param>
    /// <param name="value">How it is now.</param>
    /// <param name="threshold">The highest that is good.</param>
    /// <param name="isJudged">Whether there is enough to go by.</param>
    public static PerformanceCheck AtMost(string name, double? value, double threshold, bool isJudged = true) =>
        new(name, Round(value), threshold, !isJudged || value is null || value <= threshold);

    /// <summary>Is fine from its threshold on.</summary>
    public static PerformanceCheck AtLeast(string name, double? value, double threshold, bool isJudged = true) =>
        new(name, Round(value), threshold, !isJudged || value is null || value >= threshold);

    /// <summary>Whether the database answered.</summary>
    public static PerformanceCheck Database(bool isThere) => AtLeast("database", isThere ? 1 : 0, 1);

    private static double? Round(double? value) => value is { } some ? Math.Round(some, 4) : null;
}
