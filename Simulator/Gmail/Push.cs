using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Switchboard.Simulator.Gmail;

/// <summary>One Pub/Sub message of Gmail; it keeps its id when it is delivered again.</summary>
/// <param name="MessageId">Pub/Sub's id.</param>
/// <param name="Address">Whose mailbox changed.</param>
/// <param name="HistoryId">Up to where.</param>
/// <param name="PublishedAt">When.</param>
internal sealed record Push(long MessageId, string Address, long HistoryId, DateTimeOffset PublishedAt)
{
    public HttpRequestMessage ToRequest(string token)
    {
        var data = JsonSerializer.SerializeToUtf8Bytes(new PushData(Address, HistoryId), GmailJson.Default.PushData);
        var id = MessageId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var at = PublishedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new PushBody(new PushMessage(UrlSafe(data), id, id, at, at), "projects/demo/subscriptions/gmail-push"),
            GmailJson.Default.PushBody);
        return new HttpRequestMessage(HttpMethod.Post, "/api/webhooks/gmail")
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") } },
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
    }

    // base64url, with the padding that many decoders want
    private static string UrlSafe(byte[] data) =>
        new StringBuilder(Convert.ToBase64String(data)).Replace('+', '-').Replace('/', '_').ToString();
}

/// <summary>What Gmail says: the history id is a number here, though the guide shows a string.</summary>
internal sealed record PushData(string EmailAddress, long HistoryId);

/// <summary>The body of a Pub/Sub push.</summary>
internal sealed record PushBody(PushMessage Message, string Subscription);

/// <summary>Its message; Pub/Sub writes id and time in both spellings.</summary>
internal sealed record PushMessage(
    string Data,
    string MessageId,
    [property: System.Text.Json.Serialization.JsonPropertyName("message_id")] string MessageIdToo,
    string PublishTime,
    [property: System.Text.Json.Serialization.JsonPropertyName("publish_time")] string PublishTimeToo);
