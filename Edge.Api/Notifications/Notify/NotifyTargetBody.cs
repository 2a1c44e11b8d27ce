using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Notify;

namespace Switchboard.Edge.Api.Notifications.Notify;

/// <summary>
/// An entry of <c>to</c> as it is written: a recipient's id alone, or an object with one of its fields.
/// </summary>
[JsonConverter(typeof(Converter))]
internal sealed class NotifyTargetBody
{
    private const int MaxId = 256;

    /// <summary>The user's own id of a recipient.</summary>
    public string? Id { get; init; }

    /// <summary>The name of a topic.</summary>
    public string? Topic { get; init; }

    /// <summary>An address, for email.</summary>
    public string? Email { get; init; }

    /// <summary>A number, for SMS.</summary>
    public string? Phone { get; init; }

    /// <summary>A number, for WhatsApp.</summary>
    public string? WhatsApp { get; init; }

    /// <summary>What is wrong with it; null if nothing is.</summary>
    public string? Error() => (Fields().Count(), this) switch
    {
        (not 1, _) => "It must have one of id, email, phone, whatsapp and topic.",
        (_, { Id: { } id }) => NameError(id),
        (_, { Topic: { } topic }) => NameError(topic),
        _ => Channels.RecipientError(Address().Channel, Address().Value),
    };

    /// <summary>What it stands for; it has no error.</summary>
    /// <param name="topics">The user's topics that are named, by name.</param>
    public NotifyTarget ToTarget(IReadOnlyDictionary<string, Guid> topics) => this switch
    {
        { Id: { } id } => new() { Id = id },
        { Topic: { } topic } => new() { TopicId = topics[topic] },
        _ => new() { Channel = Address().Channel, Address = Address().Value },
    };

    private (string Channel, string? Value) Address() =>
        Email is not null ? (Channels.Email, Email) : Phone is not null ? (Channels.Sms, Phone) : (Channels.WhatsApp, WhatsApp);

    private IEnumerable<string> Fields() => new[] { Id, Topic, Email, Phone, WhatsApp }.OfType<string>();

    private static string? NameError(string name) => name switch
    {
        "" => "It is empty.",
        { Length: > MaxId } => $"It is longer than {MaxId} characters.",
        _ when !TextRules.IsStorable(name) => TextRules.NotStorable,
        _ => null,
    };

    internal sealed class Converter : JsonConverter<NotifyTargetBody>
    {
        public override NotifyTargetBody Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.String)
                return new() { Id = reader.GetString() };
            var fields = JsonSerializer.Deserialize<Fields>(ref reader, options) ?? throw new JsonException();
            return new() { Id = fields.Id, Topic = fields.Topic, Email = fields.Email, Phone = fields.Phone, WhatsApp = fields.WhatsApp };
        }

        public override void Write(Utf8JsonWriter writer, NotifyTargetBody value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, new Fields(value.Id, value.Topic, value.Email, value.Phone, value.WhatsApp), options);

        private sealed record Fields(
            string? Id = null,
            string? Topic = null,
            string? Email = null,
            string? Phone = null,
            [property: JsonPropertyName("whatsapp")] string? WhatsApp = null);
    }
}

/// <summary><c>digest</c> as it is written: <c>false</c> for at once, or an object with the key that it is gathered by.</summary>
[JsonConverter(typeof(Converter))]
internal sealed class NotifyDigestBody
{
    public bool IsOff { get; init; }

    public string? Key { get; init; }

    internal sealed class Converter : JsonConverter<NotifyDigestBody>
    {
        public override NotifyDigestBody Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.False
                ? new() { IsOff = true }
                : new() { Key = (JsonSerializer.Deserialize<Fields>(ref reader, options) ?? throw new JsonException()).Key };

        public override void Write(Utf8JsonWriter writer, NotifyDigestBody value, JsonSerializerOptions options)
        {
            if (value.IsOff)
                writer.WriteBooleanValue(false);
            else
                JsonSerializer.Serialize(writer, new Fields(value.Key), options);
        }

        private sealed record Fields(string? Key = null);
    }
}
