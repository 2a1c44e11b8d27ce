using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Meta;

/// <summary>
/// Tells the edge the statuses: what falls due within a few milliseconds goes into one signed callback, sent again with backoff until
/// it is answered with 2xx. A few callbacks are on their way at once, so their order is not kept, as it is not at Meta.
/// </summary>
internal sealed partial class StatusCallbacks(
    StatusQueue queue, MessageJournal journal, EdgeClient edge, IOptions<WhatsAppOptions> options, TimeProvider timeProvider,
    ILogger<StatusCallbacks> logger)
    : BackgroundService
{
    private const int Senders = 4;
    private readonly TimeSpan _window = TimeSpan.FromMilliseconds(options.Value.CallbackWindowMilliseconds);
    private readonly byte[] _secret = Encoding.UTF8.GetBytes(options.Value.AppSecret);
    private readonly Channel<DueStatus[]> _batches = Channel.CreateBounded<DueStatus[]>(Senders);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => SendAllAsync(stoppingToken)).Append(GatherAsync(stoppingToken)));

    private async Task GatherAsync(CancellationToken cancellationToken)
    {
        var waiting = new PriorityQueue<DueStatus, DateTimeOffset>();
        while (waiting.Count > 0 || await queue.Reader.WaitToReadAsync(cancellationToken))
        {
            await Task.Delay(_window, timeProvider, cancellationToken);
            while (queue.Reader.TryRead(out var status))
            {
                waiting.Enqueue(status, status.At);
            }

            var now = timeProvider.GetUtcNow();
            var due = new List<DueStatus>();
            while (waiting.TryPeek(out var next, out var at) && at <= now)
            {
                due.Add(next);
                waiting.Dequeue();
            }

            foreach (var batch in due.Chunk(options.Value.CallbackMaxStatuses))
            {
                await _batches.Writer.WriteAsync(batch, cancellationToken);
            }
        }
    }

    private async Task SendAllAsync(CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>(64 * 1024);
        await foreach (var batch in _batches.Reader.ReadAllAsync(cancellationToken))
        {
            body.ResetWrittenCount();
            StatusPayload.Write(body, batch, options.Value.PhoneNumberId);
            await SendAsync(body.WrittenMemory, cancellationToken);
            foreach (var (message, status, _, _) in batch)
            {
                message.MarkTold(status);
            }

            journal.WriteTold(batch);
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var signature = "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(_secret, body.Span));
        for (var failures = 1; ; failures++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/webhooks/whatsapp");
            request.Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            request.Headers.Add("X-Hub-Signature-256", signature);
            var status = await edge.PostAsync(request, cancellationToken);
            if ((int?)status is >= 200 and < 300)
            {
                return;
            }

            Log.NotAccepted(logger, failures, (int?)status);
            await Task.Delay(Redelivery.After(failures), timeProvider, cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "A callback was not accepted, {Failures} times now: {Status}")]
        public static partial void NotAccepted(ILogger logger, int failures, int? status);
    }
}

/// <summary>The body of a callback: <c>entry[].changes[].value.statuses[]</c>.</summary>
internal static class StatusPayload
{
    public static void Write(IBufferWriter<byte> buffer, IReadOnlyList<DueStatus> statuses, string phoneNumberId)
    {
        using var json = new Utf8JsonWriter(buffer, ReadableJson.Writer);
        json.WriteStartObject();
        json.WriteString("object", "whatsapp_business_account");
        json.WriteStartArray("entry");
        json.WriteStartObject();
        json.WriteString("id", "100000000000001");
        json.WriteStartArray("changes");
        json.WriteStartObject();
        json.WriteStartObject("value");
        json.WriteString("messaging_product", "whatsapp");
        json.WriteStartObject("metadata");
        json.WriteString("display_phone_number", phoneNumberId);
        json.WriteString("phone_number_id", phoneNumberId);
        json.WriteEndObject();
        json.WriteStartArray("statuses");
        foreach (var status in statuses)
        {
            Write(json, status);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteString("field", "messages");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, DueStatus due)
    {
        json.WriteStartObject();
        json.WriteString("id", due.Message.Id);
        json.WriteString("status", due.Status.Name());
        json.WriteString("timestamp", due.At.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        json.WriteString("recipient_id", due.Message.WhatsAppId);
        if (due.Message.CallbackData is { } data)
        {
            json.WriteString("biz_opaque_callback_data", data);
        }

        if (due.Status is MessageStatuses.Sent or MessageStatuses.Delivered)
        {
            json.WriteStartObject("pricing");
            json.WriteBoolean("billable", true);
            json.WriteString("pricing_model", "PMP");
            json.WriteString("category", "utility");
            json.WriteString("type", "regular");
            json.WriteEndObject();
        }

        if (due.Status == MessageStatuses.Failed)
        {
            WriteError(json, due.ErrorCode ?? 131026);
        }

        json.WriteEndObject();
    }

    private static void WriteError(Utf8JsonWriter json, int code)
    {
        var (_, title, details) = MetaErrors.ForStatus(code);
        json.WriteStartArray("errors");
        json.WriteStartObject();
        json.WriteNumber("code", code);
        json.WriteString("title", title);
        json.WriteString("message", title);
        json.WriteStartObject("error_data");
        json.WriteString("details", details);
        json.WriteEndObject();
        json.WriteString("href", "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/");
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
