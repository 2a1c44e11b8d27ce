using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Run;

/// <summary>What the app host says in the log of a resource.</summary>
internal static partial class ResourceLog
{
    [LoggerMessage(LogLevel.Error, "Resource '{Resource}' is healthy, but what was to happen then failed.")]
    public static partial void ReadyFailed(ILogger logger, Exception exception, string resource);

    [LoggerMessage(LogLevel.Error, "Failed to start: {Reason}")]
    public static partial void FailedToStart(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Error, "Failed to start.")]
    public static partial void FailedToStart(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Information, "Waiting for {Dependency}")]
    public static partial void Waiting(ILogger logger, string dependency);

    [LoggerMessage(LogLevel.Information, "Exited with code {ExitCode}")]
    public static partial void Finished(ILogger logger, int exitCode);

    [LoggerMessage(LogLevel.Warning, "Exited with code {ExitCode}; its start command starts it again")]
    public static partial void Died(ILogger logger, int exitCode);
}
