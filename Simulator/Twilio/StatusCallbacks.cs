using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Twilio;

/// <summary>
/// Tells the statuses where each SMS asked for it: one signed form each, again with backoff until it is answered with 2xx.
/// One that is not accepted holds up only its own SMS.
/// </summary>
internal sealed partial class StatusCallbacks(
    StatusQueue queue,
    StatusForm form,
    WebhookRequest webhooks,
    SmsJournal journal,
    EdgeClient edge,
    TimeProvider timeProvider,
    ILogger<StatusCallbacks> logger)
    : BackgroundService
{
    private const int Senders = 8;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);
    private readonly Channel<DueStatus> _due = Channel.CreateBounded<DueStatus>(64);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => SendAllAsync(stoppingToken)).Append(WaitAsync(stoppingToken)));

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        var waiting = new PriorityQueue<DueStatus, DateTimeOffset>();
        while (waiting.Count > 0 || await queue.Reader.WaitToReadAsync(cancellationToken))
        {
            await Task.Delay(Tick, timeProvider, cancellationToken);
            while (queue.Reader.TryRead(out var status))
            {
                waiting.Enqueue(status, status.At);
            }

            var now = timeProvider.GetUtcNow();
            while (waiting.TryPeek(out var next, out var at) && at <= now)
            {
                await _due.Writer.WriteAsync(next, cancellationToken);
                waiting.Dequeue();
            }
        }
    }

    private async Task SendAllAsync(CancellationToken cancellationToken)
    {
        await foreach (var due in _due.Reader.ReadAllAsync(cancellationToken))
        {
            using var request = webhooks.Form(new Uri(due.Sms.StatusCallback!), form.Of(due), due.IdempotencyToken);
            var status = await edge.PostAsync(request, cancellationToken);
            if ((int?)status is >= 200 and < 300)
            {
                due.Sms.MarkTold(due.Status);
                journal.WriteTold(due.Sms, due.Status);
                queue.Add(due.Then);
                continue;
            }

            var failures = due.Failures + 1;
            Log.NotAccepted(logger, due.Sms.Id, failures, (int?)status);
            queue.AddAgain(due with { Failures = failures, At = timeProvider.GetUtcNow() + Redelivery.After(failures) });
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "A status of {Sid} was not accepted, {Failures} times now: {Status}")]
        public static partial void NotAccepted(ILogger logger, string sid, int failures, int? status);
    }
}

/// <summary>The parameters of a status callback.</summary>
internal sealed class StatusForm(IOptions<TwilioOptions> options)
{
    public IReadOnlyList<KeyValuePair<string, string>> Of(DueStatus due)
    {
        var (sms, status) = (due.Sms, due.Status.Name());
        List<KeyValuePair<string, string>> form =
        [
            new("ApiVersion", "2010-04-01"),
            new("MessageStatus", status),
            new("SmsSid", sms.Id),
            new("SmsStatus", status),
            new("To", sms.To),
            new("From", sms.From),
            new("MessageSid", sms.Id),
            new("AccountSid", options.Value.AccountSid),
        ];
        if (sms.MessagingServiceSid is { } service)
        {
            form.Add(new("MessagingServiceSid", service));
        }

        if (due.ErrorCode is { } code)
        {
            form.Add(new("ErrorCode", code.ToString(CultureInfo.InvariantCulture)));
        }

        if (due.Status is SmsStatus.Delivered or SmsStatus.Undelivered)
        {
            form.Add(new("RawDlrDoneDate", due.At.ToString("yyMMddHHmm", CultureInfo.InvariantCulture)));
        }

        return form;
    }
}
