namespace Switchboard.Edge.Api.Webhooks;

/// <summary>Who calls the webhooks, as metrics name them.</summary>
internal static class WebhookSources
{
    public const string Email = "email";
    public const string Gmail = "gmail";
    public const string Graph = "graph";
    public const string Twilio = "twilio";
    public const string WhatsApp = "whatsapp";
}
