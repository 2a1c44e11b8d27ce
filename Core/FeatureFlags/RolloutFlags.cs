using System.Globalization;
using Microsoft.Extensions.Primitives;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Core.FeatureFlags;

/// <summary>
/// The flags as the configuration has them, read again when it is reloaded. A reload with a value that cannot be read changes nothing:
/// it is logged, and what was configured before stays in effect.
/// </summary>
internal sealed partial class RolloutFlags : IDisposable
{
    private readonly IConfiguration _configuration;
    private readonly ILogger<RolloutFlags> _logger;
    private readonly IDisposable _reloads;
    private volatile FlagReading _reading;

    public RolloutFlags(IConfiguration configuration, ILogger<RolloutFlags> logger)
    {
        (_configuration, _logger) = (configuration, logger);
        _reading = FlagReader.Read(configuration);
        _reloads = ChangeToken.OnChange(configuration.GetReloadToken, Reload);
    }

    public FlagSettings Of(string flag) => _reading.Flags.GetValueOrDefault(flag, FlagSettings.Default);

    public void Dispose() => _reloads.Dispose();

    private void Reload()
    {
        var reading = FlagReader.Read(_configuration);
        if (reading.Problems.Count > 0)
        {
            Log.NotReloaded(_logger, string.Join(' ', reading.Problems));
            return;
        }

        foreach (var (flag, settings) in reading.Flags)
        {
            if (settings != Of(flag))
                Log.Changed(_logger, flag, settings.Enabled, settings.Percentage, settings.Shadow);
        }

        _reading = reading;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Flag} is now {Enabled}, for {Percentage} % of accounts, shadow {Shadow}.")]
        public static partial void Changed(ILogger logger, string flag, bool enabled, int percentage, bool shadow);

        [LoggerMessage(Level = LogLevel.Error,
            Message = "The flags were not reloaded; what was configured before stays in effect. {Problems}")]
        public static partial void NotReloaded(ILogger logger, Redacted problems);
    }
}

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

/// <summary>What the configuration says of all features.</summary>
/// <param name="Flags">By flag.</param>
/// <param name="Problems">What cannot be read, each with its name and value.</param>
internal sealed record FlagReading(IReadOnlyDictionary<string, FlagSettings> Flags, IReadOnlyList<string> Problems);

/// <summary>What the configuration says of one feature by its flat names.</summary>
/// <param name="IsSet">Whether it says on or off, or a percentage; else the section <c>FeatureManagement</c> may,
/// and else it is on.</param>
/// <param name="Enabled"><c>{FLAG}</c>: whether it is on at all.</param>
/// <param name="Percentage"><c>{FLAG}_PERCENTAGE</c>: for how many of a hundred accounts.</param>
/// <param name="Shadow"><c>{FLAG}_SHADOW</c>: whether it only runs beside the plain path, to be compared.</param>
internal sealed record FlagSettings(bool IsSet, bool Enabled, int Percentage, bool Shadow)
{
    public static readonly FlagSettings Default = new(IsSet: false, Enabled: true, Percentage: 100, Shadow: false);
}
