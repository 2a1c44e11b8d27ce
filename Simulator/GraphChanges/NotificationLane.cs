using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Threading.Channels;
using Switchboard.Simulator.Edge;
using Switchboard.Simulator.Graph;

namespace Switchboard.Simulator.GraphChanges;

/// <summary>The notifications for one address; a few are on their way at once, so their order is not kept, as it is not at Microsoft.</summary>
internal sealed partial class NotificationLane(
    Uri address, Subscriptions subscriptions, NotificationClient client, GraphOptions options, TimeProvider time, ILogger log)
{
    private const int Senders = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromHours(4);
    private readonly Channel<Notification> _waiting = Channel.CreateUnbounded<Notification>();

    public void Add(Notification notification) => _waiting.Writer.TryWrite(notification);

    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => SendAllAsync(stopping)));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // what was not told yet is not told any more: Graph's clients read the delta after a break
        }
    }

    private async Task SendAllAsync(CancellationToken stopping)
    {
        var body = new ArrayBufferWriter<byte>();
        while (await _waiting.Reader.WaitToReadAsync(stopping))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(options.NotificationWindowMilliseconds), time, stopping);
            List<Notification> batch = [];
            while (batch.Count < options.NotificationMaxItems && _waiting.Reader.TryRead(out var notification))
            {
                batch.Add(notification);
            }

            if (batch.Count > 0)
            {
                await SendAsync(batch, body, stopping);
            }
        }
    }

    private async Task SendAsync(List<Notification> batch, ArrayBufferWriter<byte> body, CancellationToken stopping)
    {
        var giveUpAt = time.GetUtcNow() + Patience;
        for (var failures = 1; ; failures++)
        {
            batch.RemoveAll(notification => !notification.Outlives && !subscriptions.Has(notification.Subscription));
            if (batch.Count == 0)
            {
                return;
            }

            Write(body, batch);
            using var content = new ReadOnlyMemoryContent(body.WrittenMemory);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
            var status = (int?)await client.PostAsync(address, content, stopping);
            if (status is >= 200 and < 300)
            {
                return;
            }

            if (status is not null and < 500 || time.GetUtcNow() >= giveUpAt)
            {
                Log.Dropped(log, batch.Count, address, status);
                return;
            }

            Log.NotAccepted(log, address, failures, status);
            await Task.Delay(Redelivery.After(failures), time, stopping);
        }
    }

    private void Write(ArrayBufferWriter<byte> body, List<Notification> batch)
    {
        body.ResetWrittenCount();
        using var json = new Utf8JsonWriter(body, ReadableJson.Writer);
        json.WriteStartObject();
        json.WriteStartArray("value");
        foreach (var notification in batch)
        {
            notification.Write(json, options.TenantId);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "A notification to {Address} was not accepted, {Failures} times now: {Status}")]
        public static partial void NotAccepted(ILogger logger, Uri address, int failures, int? status);

        [LoggerMessage(LogLevel.Warning, "{Count} changes for {Address} are told no more, since it answered {Status}")]
        public static partial void Dropped(ILogger logger, int count, Uri address, int? status);
    }
}
