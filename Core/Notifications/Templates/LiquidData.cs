using System.Text.Json;
using Fluid.Values;

namespace Switchboard.Core.Notifications.Templates;

/// <summary>Reads what a template sees: JSON and nothing else, so that no type of this process can be reached from a template.</summary>
internal static class LiquidData
{
    /// <summary>How deep it may be nested.</summary>
    public const int MaxDepth = 32;

    /// <summary>The properties of an object; nothing of anything else.</summary>
    /// <exception cref="LiquidException">It is nested too deeply.</exception>
    public static Dictionary<string, FluidValue> Read(JsonElement data) =>
        data.ValueKind == JsonValueKind.Object ? Properties(data, 0) : [];

    private static FluidValue Read(JsonElement value, int depth)
    {
        if (depth > MaxDepth)
            throw new LiquidException($"The data are nested deeper than {MaxDepth} levels.");
        return value.ValueKind switch
        {
            JsonValueKind.Object => new DictionaryValue(new FluidValueDictionaryFluidIndexable(Properties(value, depth))),
            JsonValueKind.Array => new ArrayValue([.. value.EnumerateArray().Select(item => Read(item, depth + 1))]),
            JsonValueKind.String => new StringValue(value.GetString()),
            // what is no decimal stays as it is written
            JsonValueKind.Number => value.TryGetDecimal(out var number) ? NumberValue.Create(number) : new StringValue(value.GetRawText()),
            JsonValueKind.True => BooleanValue.True,
            JsonValueKind.False => BooleanValue.False,
            _ => NilValue.Instance,
        };
    }

    private static Dictionary<string, FluidValue> Properties(JsonElement value, int depth)
    {
        var properties = new Dictionary<string, FluidValue>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
            properties[property.Name] = Read(property.Value, depth + 1);
        return properties;
    }
}
