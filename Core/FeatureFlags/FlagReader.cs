using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Switchboard.Core.FeatureFlags;

/// <summary>
/// Reads the flat names: <c>USE_MATERIALIZED_VIEWS</c>, <c>USE_MATERIALIZED_VIEWS_PERCENTAGE</c>, <c>USE_MATERIALIZED_VIEWS_SHADOW</c>.
/// </summary>
internal static class FlagReader
{
    public static FlagReading Read(IConfiguration configuration)
    {
        var problems = new List<string>();
        var flags = Feature.All.ToDictionary(feature => feature.Flag, feature => ReadFlag(configuration, feature.Flag, problems));
        return new(flags, problems);
    }

    private static FlagSettings ReadFlag(IConfiguration configuration, string flag, List<string> problems)
    {
        var enabled = ReadBool(configuration, flag, problems);
        var percentage = ReadPercentage(configuration, $"{flag}_PERCENTAGE", problems);
        var shadow = ReadBool(configuration, $"{flag}_SHADOW", problems);
        return new(enabled is not null || percentage is not null, enabled ?? true, percentage ?? 100, shadow ?? false);
    }

    private static bool? ReadBool(IConfiguration configuration, string name, List<string> problems)
    {
        var value = configuration[name]?.Trim();
        if (string.IsNullOrEmpty(value))
            return null;
        if (bool.TryParse(value, out var parsed))
            return parsed;
        problems.Add($"{name} is '{value}'; it must be true or false.");
        return null;
    }

    private static int? ReadPercentage(IConfiguration configuration, string name, List<string> problems)
    {
        var value = configuration[name]?.Trim();
        if (string.IsNullOrEmpty(value))
            return null;
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) && parsed <= 100)
            return parsed;
        problems.Add($"{name} is '{value}'; it must be a whole number from 0 to 100.");
        return null;
    }
}
