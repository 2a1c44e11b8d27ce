using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Microsoft;

/// <summary>
/// Tells of changes: to each address through its own queue, so that one that fails holds up no other. What changes within a few
/// milliseconds goes together. An answer of 5xx, or none, is asked again with backoff up to four hours; any other that is not 2xx is final.
/// </summary>
internal sealed class NotificationDelivery(
    Subscriptions subscriptions, EdgeClient edge, IOptions<GraphOptions> options, TimeProvider timeProvider,
    ILogger<NotificationDelivery> logger)
    : BackgroundService
{
    private readonly ConcurrentDictionary<string, NotificationQueue> _queues = new();
    private readonly Channel<NotificationQueue> _opened = Channel.CreateUnbounded<NotificationQueue>();

    public void Tell(Notification notification)
    {
        var address = notification.Address.OriginalString;
        if (!_queues.TryGetValue(address, out var queue))
        {
            var opened = new NotificationQueue(notification.Address, subscriptions, edge, options.Value, timeProvider, logger);
            queue = _queues.GetOrAdd(address, opened);
            if (queue == opened)
            {
                _opened.Writer.TryWrite(queue);
            }
        }

        queue.Add(notification);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        List<Task> queues = [];
        try
        {
            await foreach (var queue in _opened.Reader.ReadAllAsync(stoppingToken))
            {
                queues.Add(queue.RunAsync(stoppingToken));
            }
        }
        finally
        {
            await Task.WhenAll(queues);
        }
    }
}

/// <summary>
/// The notifications for one address; a few are on their way at once, so their order is not kept, as it is not at Microsoft.
/// </summary>
internal sealed partial class NotificationQueue(
    Uri address, Subscriptions subscriptions, EdgeClient edge, GraphOptions options, TimeProvider timeProvider, ILogger logger)
{
    private const int Senders = 4;
    private static readonly TimeSpan RetryFor = TimeSpan.FromHours(4);
    private readonly Channel<Notification> _waiting = Channel.CreateUnbounded<Notification>();

    public void Add(Notification notification) => _waiting.Writer.TryWrite(notification);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => SendAllAsync(cancellationToken)));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // what was not told yet is not told any more: Graph's clients read the delta after a break
        }
    }

    private async Task SendAllAsync(CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>();
        while (await _waiting.Reader.WaitToReadAsync(cancellationToken))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(options.NotificationWindowMilliseconds), timeProvider, cancellationToken);
            List<Notification> batch = [];
            while (batch.Count < options.NotificationMaxItems && _waiting.Reader.TryRead(out var notification))
            {
                batch.Add(notification);
            }

            if (batch.Count > 0)
            {
                await SendAsync(batch, body, cancellationToken);
            }
        }
    }

    private async Task SendAsync(List<Notification> batch, ArrayBufferWriter<byte> body, CancellationToken cancellationToken)
    {
        var giveUpAt = timeProvider.GetUtcNow() + RetryFor;
        for (var failures = 1; ; failures++)
        {
            batch.RemoveAll(notification => !notification.Outlives && !subscriptions.Has(notification.Subscription));
            if (batch.Count == 0)
            {
                return;
            }

            Write(body, batch);
            using var request = new HttpRequestMessage(HttpMethod.Post, address);
            request.Content = new ReadOnlyMemoryContent(body.WrittenMemory);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
            var status = (int?)await edge.PostAsync(request, cancellationToken);
            if (status is >= 200 and < 300)
            {
                return;
            }

            if (status is not null and < 500 || timeProvider.GetUtcNow() >= giveUpAt)
            {
                Log.Dropped(logger, batch.Count, address, status);
                return;
            }

            Log.NotAccepted(logger, address, failures, status);
            await Task.Delay(Redelivery.After(failures), timeProvider, cancellationToken);
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
