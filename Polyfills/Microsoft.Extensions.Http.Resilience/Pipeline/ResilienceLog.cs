using Microsoft.Extensions.Logging;
using Polly.Telemetry;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Writes what the strategies do (a retry, a timeout, an opened circuit) to the log, category <c>Polly</c>.</summary>
internal sealed partial class ResilienceLog(ILogger logger) : TelemetryListener
{
    public override void Write<TResult, TArgs>(in TelemetryEventArguments<TResult, TArgs> args)
    {
        // An attempt's event also comes when all is well, then without a severity.
        var level = LevelOf(args.Event.Severity);
        if (level == LogLevel.None || !logger.IsEnabled(level))
            return;

        var outcome = args.Outcome is not { } known ? null
            : known.Exception?.Message ?? (known.Result is HttpResponseMessage response ? ((int)response.StatusCode).ToString() : null);
        Log.Event(
            logger, level, args.Event.EventName, args.Source.PipelineName, args.Source.PipelineInstanceName, args.Source.StrategyName,
            outcome, args.Outcome?.Exception);
    }

    private static LogLevel LevelOf(ResilienceEventSeverity severity) => severity switch
    {
        ResilienceEventSeverity.Debug => LogLevel.Debug,
        ResilienceEventSeverity.Information => LogLevel.Information,
        ResilienceEventSeverity.Warning => LogLevel.Warning,
        ResilienceEventSeverity.Error => LogLevel.Error,
        ResilienceEventSeverity.Critical => LogLevel.Critical,
        _ => LogLevel.None,
    };

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 0,
            EventName = "ResilienceEvent",
            Message = "Resilience event occurred. EventName: '{EventName}', " +
                "Source: '{PipelineName}/{PipelineInstance}/{StrategyName}', Result: '{Result}'")]
        public static partial void Event(
            ILogger logger, LogLevel level, string eventName, string? pipelineName, string? pipelineInstance, string? strategyName,
            string? result, Exception? exception);
    }
}
