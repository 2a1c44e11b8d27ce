using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Run;

/// <summary>Sends what the resources print to the app host's loggers, category <c>AppHost.Resources.name</c>: so tests see it.</summary>
internal sealed partial class ResourceLogForwarder(ResourceLoggerService resources, ILoggerFactory loggers, IHostEnvironment environment) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        resources.LineWritten += Forward;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        resources.LineWritten -= Forward;
        return Task.CompletedTask;
    }

    private void Forward(string resourceName, LogLine line)
    {
        var logger = loggers.CreateLogger($"{environment.ApplicationName}.Resources.{resourceName}");
        if (line.IsErrorMessage) Log.ErrorLine(logger, line.LineNumber, line.Content);
        else Log.Line(logger, line.LineNumber, line.Content);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{LineNumber}: {Content}")]
        public static partial void Line(ILogger logger, int lineNumber, string content);

        [LoggerMessage(LogLevel.Error, "{LineNumber}: {Content}")]
        public static partial void ErrorLine(ILogger logger, int lineNumber, string content);
    }
}
