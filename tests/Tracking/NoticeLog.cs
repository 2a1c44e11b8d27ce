using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Switchboard.Tests.Tracking;

/// <summary>Keeps what the server says beside its answers: Npgsql tells it to its log, whichever connection it is.</summary>
internal sealed class NoticeLog(ConcurrentQueue<string> notices) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Name?.Contains("Notice", StringComparison.Ordinal) == true)
            notices.Enqueue(formatter(state, exception));
    }

    public void Dispose()
    {
    }
}
