using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Primitives;

namespace FastEndpoints;

/// <summary>
/// Values that the serializer makes: collections from repeated keys (<c>?id=1&amp;id=2</c>), comma lists (<c>?id=1,2</c>)
/// and JSON arrays (<c>?id=[1,2]</c>), objects from JSON objects. Elements are JSON strings to the serializer, so what
/// its options read from a string is what an element can be. What it can't read leaves as <see cref="JsonException"/>.
/// </summary>
internal static class JsonValues
{
    public static ParseResult ParseObject(StringValues input, Type type)
        => input.Count > 0 && IsObject(input[0]) ? Read(input[0]!, type) : new(false, null);

    public static ParseResult ParseCollection(StringValues input, Type type)
    {
        if (input.Count == 0)
            return new(false, null);

        if (input.Count == 1)
        {
            var only = input[0];
            if (IsArray(only))
                return Read(only!, type);
            if (IsObjectSequence(only))
                return Read($"[{only}]", type);
            if (IsCommaList(only))
                input = only!.Split(',');
        }

        return Deserialize(WriteArray(input, type).WrittenSpan, type);
    }

    private static ArrayBufferWriter<byte> WriteArray(StringValues input, Type type)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        // numbers of enum members stay numbers: a converter of names would not take them as text
        var raw = int.TryParse(input[0], out _) && ElementType(type) is { IsEnum: true };
        json.WriteStartArray();
        foreach (var element in input)
        {
            if (raw || IsObject(element))
                json.WriteRawValue(element!, skipInputValidation: true);
            else
                json.WriteStringValue(element);
        }

        json.WriteEndArray();
        json.Flush();
        return buffer;
    }

    private static Type? ElementType(Type type)
        => type.IsArray ? type.GetElementType() : type.IsGenericType ? type.GetGenericArguments()[0] : null;

    private static ParseResult Read(string json, Type type)
    {
        var value = JsonSerializer.Deserialize(json, type, Settings.Serializer.Options);
        return new(value is not null, value);
    }

    private static ParseResult Deserialize(ReadOnlySpan<byte> json, Type type)
    {
        var value = JsonSerializer.Deserialize(json, type, Settings.Serializer.Options);
        return new(value is not null, value);
    }

    private static bool IsArray(string? text) => text is ['[', .., ']'];

    private static bool IsObject(string? text) => text is ['{', .., '}'];

    private static bool IsObjectSequence(string? text)
    {
        var trimmed = text.AsSpan().Trim();
        return trimmed is ['{', ..] && trimmed.Contains('}');
    }

    private static bool IsCommaList(string? text)
        => text is [not ',', .., not ','] && text.Contains(',') && !text.Contains(",,", StringComparison.Ordinal);
}
