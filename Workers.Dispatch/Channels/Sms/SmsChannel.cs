using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Notifications;
using Switchboard.Core.Providers;
using Switchboard.Core.Redis.Limits;
using Switchboard.Core.Sms;

namespace Switchboard.Workers.Dispatch.Channels.Sms;

/// <summary>SMS, by Twilio, to numbers that have not said STOP.</summary>
internal sealed partial class SmsChannel(
    TwilioClient client, SmsOptOutStore optOuts, IOptions<TwilioOptions> options, ILogger<SmsChannel> logger) : IChannel, IDisposable
{
    private const int LookupsAtOnce = 4;

    private static readonly TimeSpan LookupRetry = TimeSpan.FromSeconds(1);

    // a batch of sends must not take the whole pool
    private readonly SemaphoreSlim _lookups = new(LookupsAtOnce);

    public ChannelDefinition Definition => Core.Notifications.Channels.SmsChannel;

    public string LimitKey { get; } = $"twilio:{options.Value.Sender}";

    public RateLimit Limit { get; } = new(options.Value.MessagesPerSecond, TimeSpan.FromSeconds(1));

    public Task<SendResult> SendAsync(ChannelMessage message, CancellationToken cancellationToken) =>
        SendAsync(new TwilioMessage(message.Recipient, message.Body, message.NotificationId), cancellationToken);

    /// <summary>Tries once. Does not throw for what the provider or the database does.</summary>
    public async Task<SendResult> SendAsync(TwilioMessage message, CancellationToken cancellationToken)
    {
        try
        {
            if (await FindOptOutAsync(message.To, cancellationToken) is { } since)
                return new ProviderFailure(FailureKind.Permanent, Stopped(since));
        }
        catch (NpgsqlException exception)
        {
            return new SendResult.Deferred($"Whether the number said STOP cannot be looked up: {LoggedException.Reason(exception)}", LookupRetry);
        }

        var result = await client.PostAsync(message, cancellationToken);
        if (result is SendResult.Failed { Failure.Code: TwilioErrors.OptedOut })
            await InferOptOutAsync(message.To);
        return result;
    }

    public void Dispose() => _lookups.Dispose();

    private async Task<DateTimeOffset?> FindOptOutAsync(string phoneNumber, CancellationToken cancellationToken)
    {
        await _lookups.WaitAsync(cancellationToken);
        try
        {
            return await optOuts.FindAsync(phoneNumber, cancellationToken);
        }
        finally
        {
            _lookups.Release();
        }
    }

    // The refusal is known to this process alone and is recorded by the caller; if this is not, the next message finds it out again.
    private async Task InferOptOutAsync(string phoneNumber)
    {
        try
        {
            await optOuts.InferAsync(phoneNumber, CancellationToken.None);
        }
        catch (NpgsqlException exception)
        {
            Log.OptOutNotRecorded(logger, exception);
        }
    }

    private static string Stopped(DateTimeOffset since) => string.Create(
        CultureInfo.InvariantCulture, $"The number said STOP on {since.UtcDateTime:yyyy-MM-dd}. Nothing is sent to it until it says START.");

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "A number that Twilio knows as opted out was not recorded; the next message to it will be asked again: {Reason}")]
        public static partial void OptOutNotRecorded(ILogger logger, Redacted reason);
    }
}
