using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Switchboard.Edge.Api.Notifications.Inbox;

/// <summary>
/// <c>GET /api/inbox/events</c>: what arrives in an inbox, as server-sent events (WHATWG HTML, 9.2): <c>event: item</c>, its id that of the
/// notification. With <c>Last-Event-ID</c> it goes on after that item; <c>event: gap</c> says that there was more than is sent. It ends
/// with the token (<c>event: end</c>) and with the process, and a browser connects again by itself.
/// </summary>
internal sealed class StreamInbox(
    InboxWatchers watchers, InboxStore store, IOptions<InboxOptions> options, IOptions<JsonOptions> json, IHostApplicationLifetime lifetime,
    TimeProvider timeProvider)
    : EndpointWithoutRequest
{
    private const string LastEventId = "Last-Event-ID";

    private static readonly TimeSpan _againAfter = TimeSpan.FromSeconds(2);

    private readonly TimeSpan _heartbeat = TimeSpan.FromSeconds(options.Value.HeartbeatSeconds);
    private readonly TimeSpan _writeTime = TimeSpan.FromSeconds(options.Value.WriteSeconds);

    public override void Configure()
    {
        Get("/api/inbox/events");
        AuthSchemes(InboxAuthentication.SchemeName);
        Description(endpoint => endpoint.Titled("Inbox", "Watch a recipient's inbox, by server-sent events").RequireCors(InboxServices.Cors)
            .Produces<string>(200, "text/event-stream").Refuses(401, 429, 503));
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        // a connection of an hour is no slow request
        if (HttpContext.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
            metrics.MetricsDisabled = true;
        var owner = HttpContext.InboxOwner();
        using var watcher = watchers.TryWatch(owner);
        if (watcher is null)
        {
            HttpContext.Response.Headers.RetryAfter = "30";
            await Problems.For(StatusCodes.Status429TooManyRequests, "This inbox, or its user, has as many watchers as there may be.")
                .ExecuteAsync(HttpContext);
            return;
        }

        using var life = CancellationTokenSource.CreateLinkedTokenSource(ct, lifetime.ApplicationStopping);
        using var token = new CancellationTokenSource(owner.ExpiresAt - timeProvider.GetUtcNow(), timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(life.Token, token.Token);
        try
        {
            await StreamAsync(watcher, either.Token);
        }
        catch (OperationCanceledException) when (!life.IsCancellationRequested)
        {
            await WriteAsync("event: end\ndata: {}\n\n", ct);
        }
        catch (OperationCanceledException)
        {
            // the client went away, or the process stops
        }
        catch (TimeoutException)
        {
            // a client that does not receive: what is buffered for it goes with its connection
            HttpContext.Abort();
        }
    }

    private async Task StreamAsync(InboxWatcher watcher, CancellationToken cancellationToken)
    {
        // from before it was read where the inbox ends: what arrives in between wakes the watcher
        Guid? resumed = Guid.TryParse(HttpContext.Request.Headers[LastEventId], out var id) ? id : null;
        var (position, isFound) = await store.PositionAsync(watcher.Owner, resumed, cancellationToken);

        var response = HttpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store, no-transform";
        response.Headers["X-Accel-Buffering"] = "no";
        HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await WriteAsync(resumed is null || isFound ? ": watching\n\n" : ": watching\n\nevent: gap\ndata: {}\n\n", cancellationToken);

        while (true)
        {
            var arrived = await ArrivedAsync(watcher.Owner, position, cancellationToken);
            position = arrived.Position;
            if (arrived.IsCut)
                await WriteAsync("event: gap\ndata: {}\n\n", cancellationToken);
            foreach (var item in arrived.Items)
                await WriteAsync(EventOf(item), cancellationToken);
            while (!await watcher.WaitAsync(_heartbeat, cancellationToken))
                await WriteAsync(": heartbeat\n\n", cancellationToken);
        }
    }

    // While the database is away the connection stays: a browser that is answered anything but 200 does not come again.
    private async Task<ArrivedItems> ArrivedAsync(InboxOwner owner, long after, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await store.ArrivedAsync(owner, after, cancellationToken);
            }
            catch (NpgsqlException away) when (away.IsTransient)
            {
                await WriteAsync(": waiting\n\n", cancellationToken);
                await Task.Delay(_againAfter, timeProvider, cancellationToken);
            }
        }
    }

    // JSON has no line breaks of its own
    private string EventOf(InboxItem item) =>
        $"id: {item.Id}\nevent: item\ndata: {JsonSerializer.Serialize(item, json.Value.SerializerOptions)}\n\n";

    private async Task WriteAsync(string text, CancellationToken cancellationToken)
    {
        await HttpContext.Response.WriteAsync(text, Encoding.UTF8, cancellationToken).WaitAsync(_writeTime, timeProvider, cancellationToken);
        await HttpContext.Response.Body.FlushAsync(cancellationToken).WaitAsync(_writeTime, timeProvider, cancellationToken);
    }
}
