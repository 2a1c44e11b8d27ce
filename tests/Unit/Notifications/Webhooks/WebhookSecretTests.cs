using System.Globalization;
using Microsoft.AspNetCore.Http;
using StandardWebhooks;
using Switchboard.Core.Notifications.Webhooks;

namespace Switchboard.Tests.Unit.Notifications.Webhooks;

/// <summary>What this product signs, verified by the library that receivers use.</summary>
public sealed class WebhookSecretTests
{
    private const string Body = """{"type":"webhook.test","text":"Grüße 😀"}""";

    private readonly string _id = WebhookSecret.MessageId(Guid.CreateVersion7());

    [Fact]
    public void The_library_of_the_standard_verifies_what_is_signed()
    {
        var secret = WebhookSecret.New();

        Verify(secret, WebhookSecret.Sign([secret], _id, TimeProvider.System.GetUtcNow(), Body), TimeProvider.System.GetUtcNow(), Body);
        _id.ShouldNotContain('.');
    }

    [Fact]
    public void In_a_rotation_it_verifies_by_either_secret()
    {
        var (current, former, now) = (WebhookSecret.New(), WebhookSecret.New(), TimeProvider.System.GetUtcNow());
        var signature = WebhookSecret.Sign([current, former], _id, now, Body);

        Verify(current, signature, now, Body);
        Verify(former, signature, now, Body);
        Should.Throw<Exception>(() => Verify(WebhookSecret.New(), signature, now, Body));
    }

    [Fact]
    public void It_refuses_another_body_time_or_id()
    {
        var (secret, now) = (WebhookSecret.New(), TimeProvider.System.GetUtcNow());
        var signature = WebhookSecret.Sign([secret], _id, now, Body);

        Should.Throw<Exception>(() => Verify(secret, signature, now, Body + " "));
        Should.Throw<Exception>(() => Verify(secret, signature, now.AddSeconds(1), Body));
        Should.Throw<Exception>(() => Verify(secret, WebhookSecret.Sign([secret], "msg_other", now, Body), now, Body));
        Should.Throw<Exception>(() => Verify(secret, WebhookSecret.Sign([secret], _id, now.AddMinutes(-6), Body), now.AddMinutes(-6), Body));
    }

    private void Verify(string secret, string signature, DateTimeOffset timestamp, string body) =>
        new StandardWebhook(secret).Verify(body, new HeaderDictionary
        {
            ["webhook-id"] = _id,
            ["webhook-timestamp"] = timestamp.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            ["webhook-signature"] = signature,
        });
}
