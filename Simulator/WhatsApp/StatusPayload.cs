using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Switchboard.Simulator.WhatsApp;

/// <summary>The body of a callback: <c>entry[].changes[].value.statuses[]</c>.</summary>
internal static class StatusPayload
{
    public static void Write(IBufferWriter<byte> buffer, IReadOnlyList<DueStatus> statuses, string phoneNumberId)
    {
        using var json = new Utf8JsonWriter(buffer, ReadableJson.Writer);
        json.WriteStartObject();
        json.WriteString("object", "whatsapp_business_account");
        json.WriteStartArray("entry");
        json.WriteStartObject();
        json.WriteString("id", "100000000000001");
        json.WriteStartArray("changes");
        json.WriteStartObject();
        json.WriteStartObject("value");
        json.WriteString("messaging_product", "whatsapp");
        json.WriteStartObject("metadata");
        json.WriteString("display_phone_number", phoneNumberId);
        json.WriteString("phone_number_id", phoneNumberId);
        json.WriteEndObject();
        json.WriteStartArray("statuses");
        foreach (var status in statuses)
        {
            Write(json, status);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteString("field", "messages");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, DueStatus due)
    {
        json.WriteStartObject();
        json.WriteString("id", due.Message.Id);
        json.WriteString("status", due.Status.Name());
        json.WriteString("timestamp", due.At.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        json.WriteString("recipient_id", due.Message.WhatsAppId);
        if (due.Message.CallbackData is { } data)
        {
            json.WriteString("biz_opaque_callback_data", data);
        }

        if (due.Status is MessageStatuses.Sent or MessageStatuses.Delivered)
        {
            json.WriteStartObject("pricing");
            json.WriteBoolean("billable", true);
            json.WriteString("pricing_model", "PMP");
            json.WriteString("category", "utility");
            json.WriteString("type", "regular");
            json.WriteEndObject();
        }

        if (due.Status == MessageStatuses.Failed)
        {
            WriteError(json, due.ErrorCode ?? 131026);
        }

        json.WriteEndObject();
    }

    private static void WriteError(Utf8JsonWriter json, int code)
    {
        var (_, title, details) = MetaErrors.ForStatus(code);
        json.WriteStartArray("errors");
        json.WriteStartObject();
        json.WriteNumber("code", code);
        json.WriteString("title", title);
        json.WriteString("message", title);
        json.WriteStartObject("error_data");
        json.WriteString("details", details);
        json.WriteEndObject();
        json.WriteString("href", "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/");
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
