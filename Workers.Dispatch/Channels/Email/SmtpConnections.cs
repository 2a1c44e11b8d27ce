using MailKit;
using MailKit.Net.Smtp;
using Microsoft.Extensions.Options;
using MimeKit;
using Polly;
using Polly.CircuitBreaker;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Providers;

namespace Switchboard.Workers.Dispatch.Channels.Email;

/// <summary>
/// Connections to the mail server: a few, kept for the next mail and closed when there is none. One that was closed meanwhile is replaced, as
/// long as nothing of the mail was sent. While most mail fails because the server is away none is tried, and none while the server does
/// not take the account.
/// </summary>
internal sealed partial class SmtpConnections : IAsyncDisposable
{
    private const int MailsToJudgeBy = 10;
    private const double ShareThatFails = 0.5;

    private static readonly TimeSpan Judged = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Break = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Quit = TimeSpan.FromSeconds(1);

    private readonly SmtpOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ResiliencePipeline<SendResult> _breaker;
    private readonly SemaphoreSlim _permits;
    private readonly Stack<Connection> _idle = new();
    private readonly Lock _lock = new();
    private readonly ITimer _sweep;
    private volatile Refusal? _refusal;

    public SmtpConnections(IOptions<SmtpOptions> options, TimeProvider timeProvider, ILogger<SmtpConnections> logger)
    {
        (_options, _timeProvider) = (options.Value, timeProvider);
        _permits = new(_options.MaxConnections);
        _breaker = new ResiliencePipelineBuilder<SendResult> { TimeProvider = timeProvider }
            .AddCircuitBreaker(new()
            {
                FailureRatio = ShareThatFails,
                MinimumThroughput = MailsToJudgeBy,
                SamplingDuration = Judged,
                BreakDuration = Break,
                ShouldHandle = new PredicateBuilder<SendResult>()
                    .HandleResult(result => result is SendResult.Failed { Failure: var failure } && SmtpErrors.IsOutage(failure)),
                OnOpened = opened =>
                {
                    Log.Away(logger, opened.BreakDuration.TotalSeconds, opened.Outcome.Result?.Logged ?? default);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
        var idle = TimeSpan.FromSeconds(_options.IdleSeconds);
        _sweep = timeProvider.CreateTimer(_ => CloseIdle(idle), null, idle, idle);
    }

    /// <summary>Tries once to send a mail, as soon as there is a connection for it.</summary>
    /// <param name="message">The mail; its Message-ID is what it is known by.</param>
    /// <param name="sender">Where it comes back to if it cannot be delivered.</param>
    /// <param name="recipient">To whom it goes.</param>
    /// <param name="cancellationToken">Ends it; it may have been sent.</param>
    public async Task<SendResult> SendAsync(
        MimeMessage message, MailboxAddress sender, MailboxAddress recipient, CancellationToken cancellationToken)
    {
        await _permits.WaitAsync(cancellationToken);
        try
        {
            if (_refusal is { } refusal && refusal.Until - _timeProvider.GetUtcNow() is { Ticks: > 0 } wait)
                return refusal.Failure with { RetryAfter = wait };
            return await _breaker.ExecuteAsync(
                async token => await SendOnceAsync(message, sender, recipient, token), cancellationToken);
        }
        catch (BrokenCircuitException open)
        {
            return ProviderFailure.Of(SmtpErrors.Server, open, TimeSpan.FromSeconds(_options.TimeoutSeconds), cancellationToken)!;
        }
        finally
        {
            _permits.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync();
        CloseIdle(TimeSpan.Zero);
        _permits.Dispose();
    }

    private async Task<SendResult> SendOnceAsync(
        MimeMessage message, MailboxAddress sender, MailboxAddress recipient, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(TimeSpan.FromSeconds(_options.TimeoutSeconds), _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        while (true)
        {
            var kept = TakeIdle();
            var connection = kept ?? new Connection(new SmtpClient());
            var transfer = new Transfer();
            var isGood = false;
            try
            {
                if (kept is null)
                    await ConnectAsync(connection.Client, either.Token);
                transfer.Progress = SmtpProgress.Sending;
                if (recipient.NeedsUtf8() && !connection.Client.Capabilities.HasFlag(SmtpCapabilities.UTF8 | SmtpCapabilities.EightBitMime))
                {
                    isGood = true;
                    return new ProviderFailure(
                        FailureKind.Permanent, $"{SmtpErrors.Server} takes no address beyond ASCII (it has no SMTPUTF8).", Code: "5.6.7");
                }

                // a header with such an address is no header of before RFC 6532
                var format = FormatOptions.Default.Clone();
                format.International = recipient.NeedsUtf8();
                await connection.Client.SendAsync(format, message, sender, [recipient], either.Token, transfer);
                isGood = true;
                return new SendResult.Accepted($"<{message.MessageId}>", (int)SmtpStatusCode.Ok);
            }
            catch (Exception exception) when (kept is not null && SmtpErrors.IsClosed(exception, transfer.Progress))
            {
                // once more, with the next that was kept or with a new one
            }
            catch (Exception exception) when (SmtpErrors.Of(exception, transfer.Progress, _options, cancellationToken) is { } failure)
            {
                isGood = exception is SmtpCommandException && transfer.Progress != SmtpProgress.Connecting;
                if (failure.Kind == FailureKind.Unauthorized)
                    _refusal = new(failure, _timeProvider.GetUtcNow() + failure.RetryAfter!.Value);
                return failure;
            }
            finally
            {
                if (isGood && connection.Client.IsConnected)
                    Keep(connection);
                else
                    connection.Client.Dispose();
            }
        }
    }

    private async Task ConnectAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        await client.ConnectAsync(_options.Host!, _options.Port, _options.Socket, cancellationToken);
        // with chunks there is no final dot that tells a whole mail from a part of it
        client.Capabilities &= ~(SmtpCapabilities.Chunking | SmtpCapabilities.BinaryMime);
        if (!string.IsNullOrWhiteSpace(_options.UserName))
            await client.AuthenticateAsync(_options.UserName, _options.Password!, cancellationToken);
    }

    private Connection? TakeIdle()
    {
        lock (_lock)
            return _idle.TryPop(out var connection) ? connection : null;
    }

    private void Keep(Connection connection)
    {
        connection.IdleSince = _timeProvider.GetTimestamp();
        lock (_lock)
            _idle.Push(connection);
    }

    private void CloseIdle(TimeSpan after)
    {
        Connection[] closed;
        lock (_lock)
        {
            var all = _idle.Reverse().ToLookup(connection => _timeProvider.GetElapsedTime(connection.IdleSince) >= after);
            closed = [.. all[true]];
            _idle.Clear();
            foreach (var connection in all[false])
                _idle.Push(connection);
        }

        foreach (var connection in closed)
            _ = CloseAsync(connection.Client);
    }

    // the server may be gone: nobody waits for its goodbye
    private async Task CloseAsync(SmtpClient client)
    {
        using (client)
        {
            using var timer = new CancellationTokenSource(Quit, _timeProvider);
            await client.DisconnectAsync(quit: true, timer.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private sealed class Connection(SmtpClient client)
    {
        public SmtpClient Client => client;

        public long IdleSince { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The mail server is away: mail waits for {Seconds} s; the last failure: {Reason}")]
        public static partial void Away(ILogger logger, double seconds, Redacted reason);
    }

    private sealed record Refusal(ProviderFailure Failure, DateTimeOffset Until);

    // MailKit tells of each piece of the mail that it has passed on, and sends the final dot after the last one
    private sealed class Transfer : ITransferProgress
    {
        public SmtpProgress Progress { get; set; }

        public void Report(long bytesTransferred, long totalSize) =>
            Progress = bytesTransferred >= totalSize ? SmtpProgress.Sent : SmtpProgress.Sending;

        public void Report(long bytesTransferred) => Progress = SmtpProgress.Sent;
    }
}
