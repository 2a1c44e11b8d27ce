using System.Collections.Frozen;

namespace Switchboard.ServiceDefaults.Metrics;

/// <summary>Units of UCUM, as OpenTelemetry has them, in the words that end the name of a Prometheus metric.</summary>
internal static class PrometheusUnits
{
    private static readonly FrozenDictionary<string, string> Words = new Dictionary<string, string>
    {
        ["d"] = "days",
        ["h"] = "hours",
        ["min"] = "minutes",
        ["s"] = "seconds",
        ["ms"] = "milliseconds",
        ["us"] = "microseconds",
        ["ns"] = "nanoseconds",
        ["By"] = "bytes",
        ["KiBy"] = "kibibytes",
        ["MiBy"] = "mebibytes",
        ["GiBy"] = "gibibytes",
        ["KBy"] = "kilobytes",
        ["MBy"] = "megabytes",
        ["GBy"] = "gigabytes",
        ["%"] = "percent",
        ["Hz"] = "hertz",
        ["Cel"] = "celsius",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string> Per = new Dictionary<string, string>
    {
        ["s"] = "second",
        ["min"] = "minute",
        ["m"] = "minute",
        ["h"] = "hour",
        ["d"] = "day",
    }.ToFrozenDictionary();

    /// <summary>The end of the name; empty for none. What stands in braces (<c>{request}</c>) only describes and is left out.</summary>
    public static string Suffix(string unit)
    {
        if (unit.Length == 0)
            return "";

        var parts = unit.Split('/', 2);
        var counted = Word(parts[0], Words);
        if (parts.Length == 1)
            return counted;

        var per = Word(parts[1], Per);
        return per.Length == 0 ? counted : counted.Length == 0 ? $"per_{per}" : $"{counted}_per_{per}";
    }

    private static string Word(string unit, FrozenDictionary<string, string> words)
    {
        var brace = unit.IndexOf('{', StringComparison.Ordinal);
        var bare = brace < 0 ? unit : unit[..brace];
        return bare.Length == 0 ? "" : words.GetValueOrDefault(bare) ?? PrometheusNames.Clean(bare, allowColon: false);
    }
}
