using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Logs;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Providers;

namespace Switchboard.Tests.Unit.Diagnostics;

/// <summary>
/// What each process hands to whatever takes its logs, as its own Program set them up: nothing of a phone number, an address or a text,
/// whoever puts it into an exception or a message.
/// </summary>
public sealed class LogRedactionTests
{
    private const string Phone = "+15550100001";
    private const string Address = "jane.doe@example.com";
    private const string Body = "the vault opens at four seven eleven";

    private static readonly string[] Secrets = [Phone, Phone[1..], Address, Body, "vault"];

    // as the flows of mail, SMS and WhatsApp make them
    private static readonly Exception[] Failures =
    [
        new ProviderException(new ProviderFailure(
            FailureKind.Permanent, $"Twilio error 21211: the 'To' number {Phone} cannot get {Body}", 400, Code: "21211")),
        new ProviderException(new ProviderFailure(FailureKind.Permanent, $"(#131009) {Body} to {Phone}", 400, Code: "131009")),
        new ProviderException(
            FailureKind.Transient, "Gmail's answer is not what it should be.", new JsonException($"'{Body}' is invalid. Path: $.{Address}")),
        new PostgresException($"invalid input syntax for type uuid: \"{Body}\"", "ERROR", "ERROR", "22P02", detail: $"Token {Address}"),
        new PostgresException($"{Body} of {Phone}", "ERROR", "ERROR", "P0001"),
        new FormatException($"The input string '{Body}' was not in a correct format."),
        new KeyNotFoundException($"The given key '{Phone}: {Body}' was not present in the dictionary."),
        new ArgumentException($"An item with the same key has already been added. Key: {Body}"),
        new InvalidOperationException($"A mail of {Address} said \"{Body}\"", new IOException($"for {Phone}")),
        new AggregateException(new ArgumentException(Body), new TaskCanceledException($"{Address} took too long")),
    ];

    public static TheoryData<string, string[]> Processes => new()
    {
        { "Switchboard.Edge.Api", [] },
        { "Switchboard.Workers.Ingest", [] },
        { "Switchboard.Workers.Dispatch", [] },
        { "Switchboard.Analytics.Worker", [] },
        { "Migrations", [] },
    };

    [Theory]
    [MemberData(nameof(Processes))]
    public async Task No_process_writes_what_an_exception_quotes(string process, string[] settings)
    {
        using var console = new Written();
        using var exported = new Exported();
        using var host = ProcessHost.Build(process, settings, builder => builder.ConfigureServices((_, services) => services
            .AddSingleton<ILoggerProvider>(console)
            .AddOpenTelemetry().WithLogging(
                logs => logs.AddProcessor(new SimpleLogRecordExportProcessor(exported)),
                options => options.IncludeFormattedMessage = options.IncludeScopes = true)));
        var loggers = host.Services.GetRequiredService<ILoggerFactory>();

        foreach (var category in new[] { "Switchboard.Any.Part", "Microsoft.AspNetCore.Server.Kestrel", "Polly" })
        {
            var logger = loggers.CreateLogger(category);
            foreach (var failure in Failures)
                logger.Log(LogLevel.Error, default, "It failed", Thrown(failure), static (message, _) => message);
        }

        var library = loggers.CreateLogger("Polly");
        using (library.BeginScope(Values(("RequestPath", $"/of/{Address}"))))
            library.Log(
                LogLevel.Warning, default, Values(("Result", $"'{Body}' of {Phone}"), ("To", Address)), null,
                static (values, _) => $"Resilience event occurred. Result: {values[0].Value} {values[1].Value}");

        exported.Lines.Count.ShouldBe(3 * Failures.Length + 1);
        console.Lines.Count.ShouldBe(exported.Lines.Count);
        foreach (var line in console.Lines.Concat(exported.Lines))
            Secrets.ShouldAllBe(secret => !line.Contains(secret, StringComparison.OrdinalIgnoreCase), line);
        await (host is IAsyncDisposable disposable ? disposable.DisposeAsync() : ValueTask.CompletedTask);
    }

    [Fact]
    public void What_is_left_says_what_failed_and_where()
    {
        var failure = LoggedException.Of(Thrown(new InvalidOperationException(
            "The sender is not set up", new ProviderException(new ProviderFailure(FailureKind.Permanent, Body, 400, Code: "21211")))));

        failure.ToString().ShouldStartWith("System.InvalidOperationException: The sender is not set up");
        failure.ToString().ShouldContain("---> Switchboard.Core.Providers.ProviderException: Permanent, HTTP 400, code 21211");
        failure.ToString().ShouldContain($"at {typeof(LogRedactionTests).FullName}.{nameof(Thrown)}");
        LoggedException.Of(new PostgresException("canceling statement due to statement timeout", "ERROR", "ERROR", "57014")).Message
            .ShouldBe("Npgsql.PostgresException: 57014: canceling statement due to statement timeout");
        LoggedException.Of(new JsonException(Body)).Message.ShouldBe("System.Text.Json.JsonException: [redacted]");
        LoggedException.Of(failure).ShouldBeSameAs(failure);
    }

    private static List<KeyValuePair<string, object?>> Values(params (string Name, object? Value)[] values) =>
        [.. values.Select(value => KeyValuePair.Create(value.Name, value.Value))];

    private static Exception Thrown(Exception exception)
    {
        try
        {
            throw exception;
        }
        catch (Exception caught) when (caught == exception)
        {
            return caught;
        }
    }

    /// <summary>Writes what a console would: the message and the exception.</summary>
    private sealed class Written : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {state} {exception}");

        public void Dispose()
        {
        }
    }

    /// <summary>Takes all that is exported of a record.</summary>
    private sealed class Exported : BaseExporter<LogRecord>
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public override ExportResult Export(in Batch<LogRecord> batch)
        {
            foreach (var record in batch)
            {
                var scopes = new List<object?>();
                record.ForEachScope(
                    static (scope, all) =>
                    {
                        foreach (var value in scope)
                            all.Add(value);
                    },
                    scopes);
                IEnumerable<object?> attributes = (record.Attributes ?? []).Select(value => (object?)value);
                Lines.Enqueue(string.Join(
                    ' ', [record.Body, record.FormattedMessage, record.Exception, record.Exception?.Message, .. attributes, .. scopes]));
            }

            return ExportResult.Success;
        }
    }
}
