using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Switchboard.Tests.Performance;

/// <summary>Warnings as they are logged, to be waited for.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    /// <summary>How many were logged and not read.</summary>
    public int Unread => _lines.Reader.Count;

    public async Task<string> NextAsync() => await _lines.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            _lines.Writer.TryWrite(formatter(state, exception));
    }

    public void Dispose()
    {
    }
}
