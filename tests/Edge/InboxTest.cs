using System.Net;
using System.Text.Json.Nodes;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Edge;

/// <summary>A recipient with an inbox, what arrives there, and who watches it.</summary>
/// <param name="edge">The edge.</param>
public abstract class InboxTest(EdgeProcess edge)
{
    protected static TimeSpan Soon { get; } = TimeSpan.FromSeconds(20);

    protected Guid Recipient { get; } = Guid.CreateVersion7();

    protected Guid User { get; private set; }

    protected string Key { get; private set; } = "";

    protected async Task<string> SetUpAsync()
    {
        (User, Key) = await edge.NewUserAsync(Scope.Notifications);
        await edge.ExecuteAsync(
            $"""
            INSERT INTO recipients (id, user_id, external_id, created_at, updated_at) VALUES ('{Recipient}', '{User}', 'ann', now(), now())
            """);
        using var answer = await edge.PostAsync(Key, "/api/inbox/tokens", new { recipient = "ann" });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        return (string)(await EdgeProcess.JsonAsync(answer))["token"]!;
    }

    // as the channel stores it (tests/Dispatch holds that)
    protected async Task<Guid> ArriveAsync(string body, Guid? id = null)
    {
        var notification = id ?? Guid.CreateVersion7();
        await edge.ExecuteAsync(
            $$$"""
            INSERT INTO notifications (id, user_id, channel, recipient, body, priority, delivery_status, source, created_at, sent_at, recipient_id, content)
            VALUES ('{{{notification}}}', '{{{User}}}', 'inbox', '{{{Recipient}}}', '{{{body}}}', 1, 'sent', 'api', now(), now(), '{{{Recipient}}}',
                '{"subject": "Title", "data": {"n": 1}}');
            INSERT INTO inbox_items (notification_id, user_id, recipient_id, stored_at) VALUES ('{{{notification}}}', '{{{User}}}', '{{{Recipient}}}', now());
            """);
        return notification;
    }

    protected async Task<Watching> WatchAsync(string token, Guid? lastEventId = null, bool byQuery = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, byQuery ? $"/api/inbox/events?token={token}" : "/api/inbox/events");
        if (!byQuery)
            request.Headers.Authorization = new("Bearer", token);
        if (lastEventId is { } id)
            request.Headers.Add("Last-Event-ID", id.ToString());
        request.Headers.Add("Accept-Encoding", "gzip, br");
        var response = await edge.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentEncoding.ShouldBeEmpty("each event is to be there at once");
        var watching = new Watching(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
        (await watching.LineAsync()).ShouldBe(": watching");
        return watching;
    }

    protected sealed record Watching(HttpResponseMessage Response, StreamReader Reader) : IAsyncDisposable
    {
        public async Task<string?> LineAsync() => await Reader.ReadLineAsync().WaitAsync(Soon);

        public async Task<(string Event, Guid Id, string Body)> NextAsync(bool heartbeats = false)
        {
            var (name, id, body) = ("", Guid.Empty, "");
            // heartbeats keep the stream alive for ever
            using var limit = new CancellationTokenSource(Soon);
            while (await Reader.ReadLineAsync(limit.Token) is { } line)
            {
                if (line == ": heartbeat" && heartbeats)
                    return ("heartbeat", id, body);
                if (line.StartsWith("id: ", StringComparison.Ordinal))
                    id = Guid.Parse(line[4..]);
                else if (line.StartsWith("event: ", StringComparison.Ordinal))
                    name = line[7..];
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                    body = (string?)JsonNode.Parse(line[6..])!["body"] ?? "";
                else if (line.Length == 0 && name.Length > 0)
                    return (name, id, body);
            }

            throw new InvalidOperationException("The stream ended.");
        }

        public async Task<bool> EndsAsync()
        {
            while (await LineAsync() is not null)
            {
            }

            return true;
        }

        public ValueTask DisposeAsync()
        {
            Reader.Dispose();
            Response.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
