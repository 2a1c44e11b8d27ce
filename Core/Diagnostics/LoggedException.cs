using System.Net.Sockets;
using System.Text;
using Npgsql;
using RabbitMQ.Client.Exceptions;
using StackExchange.Redis;
using Switchboard.Core.Jobs;
using Switchboard.Core.Providers;

namespace Switchboard.Core.Diagnostics;

/// <summary>
/// An exception as a log may have it: its type, its stack and its causes, and of its words only what cannot be another's. What is said is
/// decided by type: servers, sockets and clocks speak of themselves; a parser, a converter or a provider quotes what it was given, so of
/// what those say, and of every type that is not named here, nothing is written.
/// </summary>
public sealed class LoggedException : Exception
{
    private readonly Exception _exception;
    private readonly LoggedException[] _causes;

    private LoggedException(Exception exception)
        : base($"{exception.GetType().FullName}: {Words(exception)}")
    {
        _exception = exception;
        _causes = exception is AggregateException many
            ? [.. many.InnerExceptions.Select(Of)]
            : exception.InnerException is { } cause ? [Of(cause)] : [];
    }

    /// <inheritdoc/>
    public override string? StackTrace => _exception.StackTrace;

    /// <summary>The exception for a log.</summary>
    public static LoggedException Of(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception as LoggedException ?? new(exception);
    }

    /// <summary>What may be said of an exception in a sentence.</summary>
    public static string Reason(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        var words = Words(exception);
        return words == Redacted.Placeholder ? exception.GetType().Name : words;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder(Message);
        foreach (var cause in _causes)
            text.Append("\n ---> ").Append(cause).Append("\n   --- End of inner exception stack trace ---");
        return StackTrace is { } stack ? text.Append('\n').Append(stack).ToString() : text.ToString();
    }

    private static string Words(Exception exception) => exception switch
    {
        ProviderException { Failure: var failure } => Of(failure),
        // a value was not taken, and the server shows it; what functions raise may show it too
        PostgresException { SqlState: ['2', '2', ..] or ['P', '0', ..] } refused => $"SQLSTATE {refused.SqlState}",
        PostgresException refused => Redacted.Of($"{refused.SqlState}: {refused.MessageText}"),
        NpgsqlException or RabbitMQClientException or BrokerUnavailableException or RedisException or SocketException or IOException
            or HttpRequestException or TimeoutException or OperationCanceledException or ObjectDisposedException
            or InvalidOperationException or NotSupportedException or NotImplementedException or NullReferenceException
            or IndexOutOfRangeException or OverflowException or OutOfMemoryException or UnauthorizedAccessException
            or TypeInitializationException => Redacted.Of(exception.Message),
        // its own message is those of its causes
        AggregateException many => $"{many.InnerExceptions.Count} errors",
        _ => Redacted.Placeholder,
    };

    // what a provider answered is in its own words, which may repeat what it was sent; what no answer came to is in ours
    internal static string Of(ProviderFailure failure) => failure.HttpStatus is { } status
        ? Redacted.Of(failure.Code is { Length: <= 64 } code
            ? $"{failure.Kind}, HTTP {status}, code {code}"
            : $"{failure.Kind}, HTTP {status}")
        : Redacted.Of($"{failure.Kind}: {failure.Error}");
}
