using System.Net;
using System.Text.Json;

namespace Switchboard.Tests.Unit.Notifications;

/// <summary>The Cloud API.</summary>
internal sealed class FakeWhatsApp : FakeProvider<JsonElement>
{
    public const string Taken = """{"messaging_product":"whatsapp","contacts":[{"input":"+1","wa_id":"1"}],"messages":[{"id":"wamid.1"}]}""";

    public FakeWhatsApp Error(HttpStatusCode status, int code, string message = "told") => (FakeWhatsApp)Answer(
        status, $$$"""{"error":{"message":"{{{message}}}","type":"OAuthException","code":{{{code}}},"fbtrace_id":"x"}}""");

    protected override JsonElement Read(byte[] body) => JsonDocument.Parse(body).RootElement;
}
