using System.Text.Json;

namespace Switchboard.Simulator.WhatsApp;

/// <summary>What Meta checks in a message before it takes it.</summary>
internal static class SendValidation
{
    private const int LongestBody = 4096;
    private const int LongestCallbackData = 512;
    private const string Types = "{TEXT, TEMPLATE}";

    /// <returns>Null when the message is taken.</returns>
    public static MetaError? Check(SendRequest request) =>
        request.MessagingProduct is null ? MetaErrors.Required("messaging_product")
        : request.MessagingProduct != "whatsapp" ? OneOf("messaging_product", "{WHATSAPP}", request.MessagingProduct)
        : request.RecipientType is not null and not "individual" ? OneOf("recipient_type", "{INDIVIDUAL}", request.RecipientType)
        : string.IsNullOrEmpty(request.To) ? MetaErrors.Required("to")
        : SentMessage.Digits(request.To).Length is < 5 or > 15 ? MetaErrors.Invalid("Invalid parameter", $"'{request.To}' is not a phone number.")
        : request.CallbackData?.Length > LongestCallbackData ? TooLong("biz_opaque_callback_data", LongestCallbackData)
        : (request.Type ?? "text") switch
        {
            "text" => CheckText(request.Text),
            "template" => CheckTemplate(request.Template),
            var other => OneOf("type", Types, other),
        };

    private static MetaError? CheckText(SendText? text) =>
        text is null ? MetaErrors.Required("text")
        : string.IsNullOrEmpty(text.Body) ? MetaErrors.Required("text['body']")
        : text.Body.Length > LongestBody ? TooLong("text['body']", LongestBody)
        : null;

    private static MetaError? CheckTemplate(JsonElement? template) =>
        template is not { ValueKind: JsonValueKind.Object } found ? MetaErrors.Required("template")
        : !HasText(found, "name") ? MetaErrors.Required("template['name']")
        : !found.TryGetProperty("language", out var language) || language.ValueKind != JsonValueKind.Object || !HasText(language, "code")
            ? MetaErrors.Required("template['language']['code']")
        : null;

    private static bool HasText(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString()!.Length > 0;

    private static MetaError OneOf(string parameter, string allowed, string got) =>
        MetaErrors.Invalid($"Param {parameter} must be one of {allowed} - got \"{got}\".", $"Param {parameter} must be one of {allowed}.");

    private static MetaError TooLong(string parameter, int most) =>
        MetaErrors.Invalid($"Param {parameter} must be at most {most} characters long.", $"Param {parameter} must be at most {most} characters long.");
}
