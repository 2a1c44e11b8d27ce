using System.Threading.Channels;
using Switchboard.Simulator.Edge;

namespace Switchboard.Simulator.Twilio;

/// <summary>
/// Tells the statuses where each text asked for it: one signed form each, again with backoff until it is answered with 2xx.
/// One that is not accepted holds up only its own text.
/// </summary>
internal sealed partial class StatusCallbacks(
    StatusQueue queue,
    StatusForm form,
    WebhookRequest webhooks,
    TextJournal journal,
    EdgeClient edge,
    TimeProvider time,
    ILogger<StatusCallbacks> log)
    : BackgroundService
{
    private const int Senders = 8;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);
    private readonly Channel<DueStatus> _due = Channel.CreateBounded<DueStatus>(64);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => SendAllAsync(stoppingToken)).Append(WaitAsync(stoppingToken)));

    private async Task WaitAsync(CancellationToken stopping)
    {
        var waiting = new PriorityQueue<DueStatus, DateTimeOffset>();
        while (waiting.Count > 0 || await queue.Reader.WaitToReadAsync(stopping))
        {
            await Task.Delay(Tick, time, stopping);
            while (queue.Reader.TryRead(out var status))
            {
                waiting.Enqueue(status, status.At);
            }

            var now = time.GetUtcNow();
            while (waiting.TryPeek(out var next, out var at) && at <= now)
            {
                await _due.Writer.WriteAsync(next, stopping);
                waiting.Dequeue();
            }
        }
    }

    private async Task SendAllAsync(CancellationToken stopping)
    {
        await foreach (var due in _due.Reader.ReadAllAsync(stopping))
        {
            using var request = webhooks.Form(new Uri(due.Text.StatusCallback!), form.Of(due), due.IdempotencyToken);
            var status = await edge.PostAsync(request, stopping);
            if ((int?)status is >= 200 and < 300)
            {
                due.Text.MarkTold(due.Status);
                journal.WriteTold(due.Text, due.Status);
                queue.Add(due.Then);
                continue;
            }

            var failures = due.Failures + 1;
            Log.NotAccepted(log, due.Text.Id, failures, (int?)status);
            queue.AddAgain(due with { Failures = failures, At = time.GetUtcNow() + Redelivery.After(failures) });
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "A status of {Sid} was not accepted, {Failures} times now: {Status}")]
        public static partial void NotAccepted(ILogger logger, string sid, int failures, int? status);
    }
}
