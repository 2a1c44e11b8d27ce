using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Switchboard.Core.FeatureFlags;

/// <summary>
/// The flags as the configuration has them, read again when it is reloaded. A reload with a value that cannot be read changes nothing:
/// it is logged, and what held before goes on to hold.
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

        [LoggerMessage(Level = LogLevel.Error, Message = "The flags were not reloaded; what held before goes on to hold. {Problems}")]
        public static partial void NotReloaded(ILogger logger, string problems);
    }
}
