using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Core.Sms;

/// <summary>
/// Entities as they stand in the database:
/// <c>{"links": [], "dates": [{"text", "value"}], "phoneNumbers": [], "amounts": [{"text", "value", "currency"}]}</c>.
/// </summary>
public static partial class TextEntitiesJson
{
    private static readonly string None = JsonSerializer.Serialize(TextEntities.None, Context.Default.TextEntities);

    /// <summary>The JSON of entities.</summary>
    public static string Write(TextEntities entities) =>
        ReferenceEquals(entities, TextEntities.None) ? None : JsonSerializer.Serialize(entities, Context.Default.TextEntities);

    /// <summary>The entities of JSON; a list that is not there is empty.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static TextEntities Read(string json)
    {
        var read = JsonSerializer.Deserialize(json, Context.Default.TextEntities) ?? TextEntities.None;
        return new(read.Links ?? [], read.Dates ?? [], read.PhoneNumbers ?? [], read.Amounts ?? []);
    }

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
    [JsonSerializable(typeof(TextEntities))]
    private sealed partial class Context : JsonSerializerContext;
}
