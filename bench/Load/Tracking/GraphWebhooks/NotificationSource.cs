using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Load.Running;

namespace Switchboard.Load.Tracking.GraphWebhooks;

/// <summary>Makes the notifications, one mail in each, starting over after the last mail.</summary>
internal sealed class NotificationSource : ILoadSource
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly TimeSpan Life = TimeSpan.FromDays(2);

    private readonly Uri _address;
    private readonly byte[][] _bodies;

    public NotificationSource(Uri edge, IReadOnlyList<NotifiedEmail> mails, string clientState, DateTimeOffset now)
    {
        _address = new Uri(edge, "/api/webhooks/graph");
        var tenant = Guid.CreateVersion7();
        var user = Guid.CreateVersion7();
        _bodies = [.. mails.Select(mail => Body(mail, $"Users/{user}/Messages/{mail.MessageId}", clientState, tenant, now + Life))];
    }

    /// <summary>No buffer is used: the bodies are made beforehand.</summary>
    public int MaxBodyLength => 0;

    public HttpRequestMessage Build(long number, byte[] buffer)
    {
        var content = new ByteArrayContent(_bodies[MailOf(number)]);
        content.Headers.ContentType = Json;
        return new HttpRequestMessage(HttpMethod.Post, _address) { Content = content };
    }

    /// <summary>Which of the mails a notification is about.</summary>
    public int MailOf(long number) => (int)(number % _bodies.Length);

    private static byte[] Body(NotifiedEmail mail, string path, string clientState, Guid tenant, DateTimeOffset expiresAt)
    {
        var item = new ChangeItem(
            mail.Mailbox.Subscription.Id,
            expiresAt,
            "created",
            path,
            new ChangedResource("#Microsoft.Graph.Message", path, mail.MessageId),
            clientState,
            tenant);
        return JsonSerializer.SerializeToUtf8Bytes(new ChangeNotification([item]), GraphWebhooksJson.Default.ChangeNotification);
    }
}

/// <summary>A notification as Graph posts it (https://learn.microsoft.com/graph/change-notifications-delivery-webhooks).</summary>
internal sealed record ChangeNotification(IReadOnlyList<ChangeItem> Value);

internal sealed record ChangeItem(
    Guid SubscriptionId,
    DateTimeOffset SubscriptionExpirationDateTime,
    string ChangeType,
    string Resource,
    ChangedResource ResourceData,
    string ClientState,
    Guid TenantId);

internal sealed record ChangedResource(
    [property: JsonPropertyName("@odata.type")] string Type,
    [property: JsonPropertyName("@odata.id")] string Path,
    string Id);
