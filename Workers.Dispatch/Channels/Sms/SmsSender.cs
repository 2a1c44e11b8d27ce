using System.Globalization;
using Npgsql;
using Switchboard.Workers.Dispatch.Channels;

namespace Switchboard.Workers.Dispatch.Channels.Sms;

/// <summary>Sends a text to a number that has not said STOP.</summary>
internal sealed partial class SmsSender(TwilioClient client, SmsOptOuts optOuts, ILogger<SmsSender> logger)
{
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(1);

    /// <summary>Tries once. Does not throw for what the provider or the database does.</summary>
    public async Task<SendResult> SendAsync(TwilioMessage message, CancellationToken cancellation)
    {
        try
        {
            if (await optOuts.FindAsync(message.To, cancellation) is { } since)
                return new SendResult.Rejected(Stopped(since));
        }
        catch (NpgsqlException exception)
        {
            return new SendResult.NotTried($"Whether the number said STOP cannot be looked up: {exception.Message}", Away);
        }

        var (answer, code) = await client.PostAsync(message, cancellation);
        if (code == TwilioErrors.OptedOut)
            await NoteAsync(message.To);
        return answer;
    }

    // The refusal is known to this process alone and is recorded by the caller; if this is not, the next message finds it out again.
    private async Task NoteAsync(string phoneNumber)
    {
        try
        {
            await optOuts.RecordAsync(phoneNumber, CancellationToken.None);
        }
        catch (NpgsqlException exception)
        {
            Log.OptOutNotRecorded(logger, exception.Message);
        }
    }

    private static string Stopped(DateTimeOffset since) => string.Create(
        CultureInfo.InvariantCulture, $"The number said STOP on {since.UtcDateTime:yyyy-MM-dd}. Nothing is sent to it until it says START.");

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A number that Twilio knows as opted out was not recorded; the next message to it will be asked again: {Reason}")]
        public static partial void OptOutNotRecorded(ILogger logger, string reason);
    }
}
