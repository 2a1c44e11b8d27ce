using System.Buffers;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Edge;

namespace Switchboard.Simulator.WhatsApp;

/// <summary>
/// Tells the edge the statuses: what falls due within a few milliseconds goes into one signed callback, sent again with backoff until
/// it is answered with 2xx. A few callbacks are on their way at once, so their order is not kept, as it is not at Meta.
/// </summary>
internal sealed partial class StatusCallbacks(
    StatusQueue queue, MessageJournal journal, EdgeClient edge, IOptions<WhatsAppOptions> options, TimeProvider time, ILogger<StatusCallbacks> log)
    : BackgroundService
{
    private const int Senders = 4;
    private readonly TimeSpan _window = TimeSpan.FromMilliseconds(options.Value.CallbackWindowMilliseconds);
    private readonly byte[] _secret = Encoding.UTF8.GetBytes(options.Value.AppSecret);
    private readonly Channel<DueStatus[]> _batches = Channel.CreateBounded<DueStatus[]>(Senders);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => SendAllAsync(stoppingToken)).Append(GatherAsync(stoppingToken)));

    private async Task GatherAsync(CancellationToken stopping)
    {
        var waiting = new PriorityQueue<DueStatus, DateTimeOffset>();
        while (waiting.Count > 0 || await queue.Reader.WaitToReadAsync(stopping))
        {
            await Task.Delay(_window, time, stopping);
            while (queue.Reader.TryRead(out var status))
            {
                waiting.Enqueue(status, status.At);
            }

            var now = time.GetUtcNow();
            var due = new List<DueStatus>();
            while (waiting.TryPeek(out var next, out var at) && at <= now)
            {
                due.Add(next);
                waiting.Dequeue();
            }

            foreach (var batch in due.Chunk(options.Value.CallbackMaxStatuses))
            {
                await _batches.Writer.WriteAsync(batch, stopping);
            }
        }
    }

    private async Task SendAllAsync(CancellationToken stopping)
    {
        var body = new ArrayBufferWriter<byte>(64 * 1024);
        await foreach (var batch in _batches.Reader.ReadAllAsync(stopping))
        {
            body.ResetWrittenCount();
            StatusPayload.Write(body, batch, options.Value.PhoneNumberId);
            await SendAsync(body.WrittenMemory, stopping);
            foreach (var (message, status, _, _) in batch)
            {
                message.MarkTold(status);
            }

            journal.WriteTold(batch);
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> body, CancellationToken stopping)
    {
        var signature = "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(_secret, body.Span));
        for (var failures = 1; ; failures++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/webhooks/whatsapp");
            request.Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            request.Headers.Add("X-Hub-Signature-256", signature);
            var status = await edge.PostAsync(request, stopping);
            if ((int?)status is >= 200 and < 300)
            {
                return;
            }

            Log.NotAccepted(log, failures, (int?)status);
            await Task.Delay(Redelivery.After(failures), time, stopping);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "A callback was not accepted, {Failures} times now: {Status}")]
        public static partial void NotAccepted(ILogger logger, int failures, int? status);
    }
}
