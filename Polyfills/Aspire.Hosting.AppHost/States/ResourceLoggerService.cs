using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What resources print, and what the app host says about them.</summary>
public class ResourceLoggerService
{
    private readonly ConcurrentDictionary<string, ResourceLogState> _logs = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Every line of every resource, as it comes.</summary>
    internal event Action<string, LogLine>? LineWritten;

    /// <summary>A logger that writes into the resource's log.</summary>
    public ILogger GetLogger(IResource resource) => GetLogger(resource.Name);

    /// <inheritdoc cref="GetLogger(IResource)"/>
    public ILogger GetLogger(string resourceName) => new ResourceLogger(this, resourceName);

    /// <summary>The last lines so far, then each line as it comes.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource) => WatchAsync(resource.Name);

    /// <inheritdoc cref="WatchAsync(IResource)"/>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => WatchCoreAsync(resourceName);

    internal void Write(string resourceName, string line, bool isError)
    {
        var written = Log(resourceName).Add(line, isError);
        LineWritten?.Invoke(resourceName, written);
    }

    private async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchCoreAsync(
        string resourceName, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var log = Log(resourceName);
        var lines = Channel.CreateUnbounded<LogLine>();
        var backlog = log.Subscribe(lines.Writer);
        try
        {
            if (backlog.Count > 0) yield return backlog;
            await foreach (var line in lines.Reader.ReadAllAsync(cancellationToken))
                yield return [line];
        }
        finally
        {
            log.Unsubscribe(lines.Writer);
        }
    }

    private ResourceLogState Log(string resourceName) => _logs.GetOrAdd(resourceName, _ => new ResourceLogState());

    private sealed class ResourceLogger(ResourceLoggerService service, string resourceName) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = formatter(state, exception) + (exception is null ? "" : Environment.NewLine + exception);
            foreach (var line in text.Split(Environment.NewLine))
                service.Write(resourceName, line, isError: logLevel >= LogLevel.Error);
        }
    }
}
