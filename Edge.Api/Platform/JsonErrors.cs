using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Switchboard.Edge.Api.Platform;

/// <summary>Says what is wrong with JSON in the words of the API, not in those of the serializer.</summary>
internal static class JsonErrors
{
    /// <summary>So many are told of one request.</summary>
    public const int Most = 50;

    private const string DoesNotFit = "Its value is not of the right type, or not one of those that it may have.";

    /// <summary>The field that an exception is about, and what is wrong with it; <c>$</c> is the body as a whole.</summary>
    public static FieldError Of(JsonException exception) => IsAboutSyntax(exception)
        ? new("$", FormattableString.Invariant($"It is not JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}."))
        : new(NameOf(exception.Path), DoesNotFit);

    /// <summary>
    /// Every field whose value does not fit, at most 50 of them. The serializer ends at the first, so the JSON is walked once along what
    /// the type consists of: each value is tried alone, and what fits is copied.
    /// </summary>
    /// <param name="first">What the serializer said.</param>
    /// <param name="json">What it was given.</param>
    /// <param name="type">What it should have been.</param>
    /// <param name="options">How it was read.</param>
    /// <param name="rest">What remains without those fields; null if nothing does.</param>
    public static IReadOnlyList<FieldError> All(
        JsonException first, ReadOnlySequence<byte> json, Type type, JsonSerializerOptions options, out object? rest)
    {
        rest = null;
        if (IsAboutSyntax(first))
            return [Of(first)];
        var walk = new Walk(options);
        try
        {
            using var body = JsonDocument.Parse(json);
            rest = walk.Copy(body.RootElement, type);
        }
        catch (JsonException other)
        {
            // behind the first field that does not fit it is no JSON at all, or it lacks what it must have
            return [.. walk.Errors.DefaultIfEmpty(Of(first)), Of(other)];
        }
        catch (InvalidOperationException)
        {
            // unpaired surrogates in the name of a field
        }

        return walk.Errors.Count == 0 ? [Of(first)] : walk.Errors;
    }

    private static bool IsAboutSyntax(JsonException exception) =>
        exception.InnerException is JsonException || exception.GetType().Name == "JsonReaderException";

    // $.sender.addresses[2] is sender.addresses[2], and $[3].from is [3].from
    private static string NameOf(string? path) => path is null or "" or "$" ? "$" : path.TrimStart('$').TrimStart('.');

    /// <summary>One pass over a body.</summary>
    private sealed class Walk(JsonSerializerOptions options)
    {
        private readonly Dictionary<JsonTypeInfo, Dictionary<string, JsonPropertyInfo>> _properties = [];

        public List<FieldError> Errors { get; } = [];

        /// <summary>What fits; null if nothing does, or too much does not.</summary>
        public object? Copy(JsonElement body, Type type)
        {
            var buffer = new ArrayBufferWriter<byte>();
            using var writer = new Utf8JsonWriter(buffer);
            if (!TryCopy(body, options.GetTypeInfo(type), null, "", writer))
                Errors.Add(new("$", DoesNotFit));
            if (Errors.Count >= Most)
                return null;
            writer.Flush();
            return buffer.WrittenCount == 0 ? null : JsonSerializer.Deserialize(buffer.WrittenSpan, type, options);
        }

        // False is about the value itself: what does not fit further down is reported and left out there.
        private bool TryCopy(JsonElement value, JsonTypeInfo type, string? property, string path, Utf8JsonWriter writer)
        {
            var isContainer = (type.Kind, value.ValueKind) is (JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary, JsonValueKind.Object)
                or (JsonTypeInfoKind.Enumerable, JsonValueKind.Array);
            if (!isContainer && !CanRead(value, type))
                return false;
            if (property is not null)
                writer.WritePropertyName(property);
            if (!isContainer)
                value.WriteTo(writer);
            else if (type.Kind == JsonTypeInfoKind.Enumerable)
                CopyElements(value, options.GetTypeInfo(type.ElementType!), path, writer);
            else
                CopyProperties(value, type, path, writer);
            return true;
        }

        private void CopyProperties(JsonElement value, JsonTypeInfo type, string path, Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            foreach (var property in value.EnumerateObject())
            {
                if (Errors.Count >= Most)
                    break;
                if (TypeOf(type, property.Name) is not { } own)
                    continue;
                var (name, of) = own;
                var there = path.Length == 0 ? name : $"{path}.{name}";
                if (!TryCopy(property.Value, of, property.Name, there, writer))
                    Errors.Add(new(there, DoesNotFit));
            }

            writer.WriteEndObject();
        }

        private void CopyElements(JsonElement value, JsonTypeInfo element, string path, Utf8JsonWriter writer)
        {
            writer.WriteStartArray();
            var index = 0;
            foreach (var item in value.EnumerateArray())
            {
                if (Errors.Count >= Most)
                    break;
                var there = string.Create(CultureInfo.InvariantCulture, $"{path}[{index++}]");
                if (TryCopy(item, element, null, there, writer))
                    continue;
                Errors.Add(new(there, DoesNotFit));
                // in its place, so that those behind it keep their numbers
                writer.WriteNullValue();
            }

            writer.WriteEndArray();
        }

        private (string Name, JsonTypeInfo Type)? TypeOf(JsonTypeInfo type, string name)
        {
            if (type.Kind == JsonTypeInfoKind.Dictionary)
                return (name, options.GetTypeInfo(type.ElementType!));
            if (!_properties.TryGetValue(type, out var properties))
            {
                var comparer = options.PropertyNameCaseInsensitive ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
                _properties[type] = properties = type.Properties.ToDictionary(own => own.Name, comparer);
            }

            return properties.TryGetValue(name, out var property) ? (property.Name, options.GetTypeInfo(property.PropertyType)) : null;
        }

        private static bool CanRead(JsonElement value, JsonTypeInfo type)
        {
            if (type.Type == typeof(string) && IsPlainText(value))
                return true;
            try
            {
                _ = value.Deserialize(type);
                return true;
            }
            catch (Exception reason) when (reason is JsonException or InvalidOperationException)
            {
                // the second is about unpaired surrogates, which no text can be made of
                return false;
            }
        }

        // most values are; no text is made of them only to see that it can be
        private static bool IsPlainText(JsonElement value) =>
            value.ValueKind == JsonValueKind.String && JsonMarshal.GetRawUtf8Value(value).IndexOf("\\u"u8) < 0;
    }
}

/// <summary>What is wrong with one field of a request: an entry of a validation problem's <c>errors</c>.</summary>
/// <param name="Name">The field as the request spells it: <c>sender.addresses[2]</c>, <c>[3].messageId</c>.</param>
/// <param name="Reason">What is wrong with it.</param>
internal sealed record FieldError(string Name, string Reason);

/// <summary>Names of fields as requests spell them.</summary>
internal static class FieldNames
{
    /// <summary><c>sender.addresses[2]</c> of <c>Sender.Addresses[2]</c>.</summary>
    public static string Of(string property) =>
        property.Contains('.', StringComparison.Ordinal)
            ? string.Join('.', property.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName))
            : JsonNamingPolicy.CamelCase.ConvertName(property);
}
