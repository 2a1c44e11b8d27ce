using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Switchboard.Tests.Simulator;

/// <summary>A webhook that came in.</summary>
internal sealed record Webhook(string Provider, string Authorization, string Signature, byte[] Body)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>What Gmail says in a push.</summary>
    public JsonNode GmailData => JsonNode.Parse(Convert.FromBase64String(((string)Json["message"]!["data"]!).Replace('-', '+').Replace('_', '/')))!;

    public string GmailMessageId => (string)Json["message"]!["messageId"]!;

    /// <summary>What a WhatsApp callback tells, after its signature was checked.</summary>
    public IReadOnlyList<WebhookStatus> Statuses()
    {
        Signature.ShouldBe("sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes("demo-whatsapp-secret"), Body)));
        return Json["entry"]![0]!["changes"]![0]!["value"]!["statuses"].Deserialize<List<WebhookStatus>>(JsonSerializerOptions.Web)!;
    }
}
