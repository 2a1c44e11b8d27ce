using System.Net.Http.Headers;
using System.Text.Json;
using Switchboard.Load.Driving;

namespace Switchboard.Load.GraphWebhooks;

/// <summary>Makes the notifications, one mail in each, the first mail again after the last.</summary>
internal sealed class NotificationSource : ILoadSource
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly TimeSpan Life = TimeSpan.FromDays(2);

    private readonly Uri _address;
    private readonly byte[][] _bodies;

    public NotificationSource(Uri edge, IReadOnlyList<ToldMail> mails, string clientState, DateTimeOffset now)
    {
        _address = new Uri(edge, "/api/webhooks/graph");
        var tenant = Guid.CreateVersion7();
        var user = Guid.CreateVersion7();
        _bodies = [.. mails.Select(mail => Body(mail, $"Users/{user}/Messages/{mail.MessageId}", clientState, tenant, now + Life))];
    }

    /// <summary>None is used: the bodies are made beforehand.</summary>
    public int MaxBodyLength => 0;

    public HttpRequestMessage Build(long number, byte[] buffer)
    {
        var content = new ByteArrayContent(_bodies[MailOf(number)]);
        content.Headers.ContentType = Json;
        return new HttpRequestMessage(HttpMethod.Post, _address) { Content = content };
    }

    /// <summary>Which of the mails a notification tells of.</summary>
    public int MailOf(long number) => (int)(number % _bodies.Length);

    private static byte[] Body(ToldMail mail, string path, string clientState, Guid tenant, DateTimeOffset expiresAt) => JsonSerializer.SerializeToUtf8Bytes(
        new ChangeNotification(
        [
            new ChangeItem(
                mail.Mailbox.Subscription.Id,
                expiresAt,
                "created",
                path,
                new ChangedResource("#Microsoft.Graph.Message", path, mail.MessageId),
                clientState,
                tenant),
        ]),
        GraphWebhooksJson.Default.ChangeNotification);
}
