using System.Diagnostics.Tracing;
using Microsoft.Extensions.Logging;

namespace Aspire.RabbitMQ.Client;

/// <summary>The client reports through an event source; this writes its reports to the log, category <c>RabbitMQ.Client</c>.</summary>
internal sealed class RabbitMQEventSourceLogForwarder(ILoggerFactory loggers) : IDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger("RabbitMQ.Client");
    private readonly Lock _starting = new();
    private Listener? _listener;

    public void Start()
    {
        lock (_starting)
            _listener ??= new Listener(_logger);
    }

    public void Dispose() => _listener?.Dispose();

    private sealed class Listener : EventListener
    {
        private readonly ILogger? _logger;

        public Listener(ILogger logger)
        {
            _logger = logger;

            // Those that were there before: the base class has already shown them, when there was no logger yet.
            foreach (var source in EventSource.GetSources())
                OnEventSourceCreated(source);
        }

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (_logger is not null && eventSource.Name is ("rabbitmq-client" or "rabbitmq-dotnet-client"))
                EnableEvents(eventSource, EventLevel.Verbose);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            // -1 is what the runtime says about the event source itself
            if (eventData.EventId == -1 || _logger is null)
                return;

            var level = LevelOf(eventData.Level);
            if (!_logger.IsEnabled(level))
                return;

            var message = eventData.Payload?.FirstOrDefault()?.ToString() ?? "<empty>";
            _logger.Log(level, new EventId(eventData.EventId), StateOf(eventData), exception: null, (_, _) => message);
        }

        // An error carries its exception as a table, under names that the log's own tables use.
        private static List<KeyValuePair<string, object?>> StateOf(EventWrittenEventArgs eventData)
        {
            var state = new List<KeyValuePair<string, object?>>();
            if (eventData.Payload is not [_, IDictionary<string, object?> exception])
                return state;

            foreach (var (key, name) in ExceptionFields)
                if (exception.TryGetValue(key, out var value) && !string.IsNullOrEmpty(value?.ToString()))
                    state.Add(new(name, value));
            return state;
        }

        private static readonly (string Key, string Name)[] ExceptionFields =
        [
            ("Type", "exception.type"),
            ("Message", "exception.message"),
            ("StackTrace", "exception.stacktrace"),
            ("InnerException", "exception.innerexception"),
        ];

        private static LogLevel LevelOf(EventLevel level) => level switch
        {
            EventLevel.Critical => LogLevel.Critical,
            EventLevel.Error => LogLevel.Error,
            EventLevel.Warning => LogLevel.Warning,
            EventLevel.Verbose => LogLevel.Debug,
            _ => LogLevel.Information,
        };
    }
}
