using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Switchboard.Core.Diagnostics;

/// <summary>
/// Stands between whoever logs and everything that takes logs (console, OpenTelemetry): exceptions become <see cref="LoggedException"/>s,
/// and of what libraries say, addresses, numbers and quoted texts are left out. The product's own messages are redacted by the types of
/// their parameters (<see cref="Redacted"/>), and pass as they are.
/// </summary>
internal sealed class RedactingLoggerFactory(LoggerFactory factory) : ILoggerFactory
{
    // the defaults know no Redacted
    private const string Own = "Switchboard.";
    private const string Defaults = "Switchboard.ServiceDefaults.";

    public ILogger CreateLogger(string categoryName)
    {
        var isOwn = categoryName.StartsWith(Own, StringComparison.Ordinal) && !categoryName.StartsWith(Defaults, StringComparison.Ordinal);
        return new RedactingLogger(factory.CreateLogger(categoryName), isOwn);
    }

    public void AddProvider(ILoggerProvider provider) => factory.AddProvider(provider);

    public void Dispose() => factory.Dispose();
}

/// <summary>A logger whose messages hold nothing of others.</summary>
internal sealed class RedactingLogger(ILogger logger, bool isOwn) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => isOwn ? logger.BeginScope(state) : logger.BeginScope(new RedactedState(state, null));

    public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!logger.IsEnabled(logLevel))
            return;
        var logged = exception is null ? null : LoggedException.Of(exception);
        if (isOwn)
            logger.Log(logLevel, eventId, state, logged, formatter);
        else
            logger.Log(
                logLevel, eventId, new RedactedState(state, Redacted.Of(formatter(state, logged))), logged,
                static (redacted, _) => redacted.ToString());
    }
}

/// <summary>What a library says, or says of all that follows (a scope): its values one by one, and as text.</summary>
internal sealed class RedactedState(object? state, string? message) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly IReadOnlyList<KeyValuePair<string, object?>> _values = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];

    public int Count => _values.Count;

    public KeyValuePair<string, object?> this[int index] =>
        new(_values[index].Key, _values[index].Key == "{OriginalFormat}" ? _values[index].Value : Of(_values[index].Value));

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() =>
        Enumerable.Range(0, Count).Select(index => this[index]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => message ?? Redacted.Of(state?.ToString());

    // numbers, times and words of an enum hold nothing of others; whatever else there is does only as text
    [return: NotNullIfNotNull(nameof(value))]
    private static object? Of(object? value) => value switch
    {
        null or bool or int or long or double or Guid or TimeSpan or DateTimeOffset or Enum => value,
        Exception exception => LoggedException.Of(exception).Message,
        _ => Redacted.Of(value.ToString()),
    };
}

/// <summary>Registration of the redaction of logs.</summary>
public static class LogRedactionServices
{
    /// <summary>For every process, beside its logging: whatever takes its logs gets them redacted.</summary>
    public static IServiceCollection AddLogRedaction(this IServiceCollection services)
    {
        services.AddLogging();
        return services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(provider => new RedactingLoggerFactory(new LoggerFactory(
            provider.GetServices<ILoggerProvider>(),
            provider.GetRequiredService<IOptionsMonitor<LoggerFilterOptions>>(),
            provider.GetService<IOptions<LoggerFactoryOptions>>(),
            provider.GetService<IExternalScopeProvider>()))));
    }
}
