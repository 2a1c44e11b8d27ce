using System.Text.Json.Serialization;

namespace Switchboard.Workers.Dispatch.Channels.WhatsApp;

/// <summary>
/// The body of <c>POST /{version}/{phone number id}/messages</c>
/// (https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages).
/// </summary>
/// <param name="To">The recipient's number.</param>
/// <param name="Type"><c>text</c> or <c>template</c>.</param>
/// <param name="Text">The text, if it is one.</param>
/// <param name="Template">The template, if it is one.</param>
/// <param name="BizOpaqueCallbackData">Comes back with each status of the message: our notification's id.</param>
internal sealed record WhatsAppMessage(
    string To,
    string Type,
    WhatsAppMessage.TextContent? Text,
    WhatsAppMessage.TemplateContent? Template,
    string BizOpaqueCallbackData)
{
    /// <summary>The longest text of a message.</summary>
    public const int MaxText = 4096;

    /// <summary>The longest text of a template's parameter.</summary>
    public const int MaxParameter = 1024;

    [JsonPropertyOrder(-2)]
    public string MessagingProduct { get; } = "whatsapp";

    [JsonPropertyOrder(-1)]
    public string RecipientType { get; } = "individual";

    internal sealed record TextContent(string Body);

    internal sealed record TemplateContent(string Name, TemplateLanguage Language, IReadOnlyList<TemplateComponent> Components);

    internal sealed record TemplateLanguage(string Code);

    internal sealed record TemplateComponent(string Type, IReadOnlyList<TemplateParameter> Parameters);

    internal sealed record TemplateParameter(string Type, string Text);
}
