using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Core.Sms;

/// <summary>
/// What was found in an SMS, each thing once, in the order of the SMS; the column <c>enrichment_items.entities</c>
/// (<see cref="TextEntitiesJson"/>).
/// </summary>
/// <param name="Links">Links as they are written: <c>https://acme.test/a</c>, <c>www.acme.test</c>.</param>
/// <param name="Dates">Dates, without a time of day.</param>
/// <param name="PhoneNumbers">Phone numbers in E.164.</param>
/// <param name="Amounts">Amounts of money.</param>
public sealed record TextEntities(
    IReadOnlyList<string> Links,
    IReadOnlyList<FoundDate> Dates,
    IReadOnlyList<string> PhoneNumbers,
    IReadOnlyList<FoundAmount> Amounts)
{
    /// <summary>Nothing was found.</summary>
    public static TextEntities None { get; } = new([], [], [], []);
}

/// <summary>A day that an SMS names.</summary>
/// <param name="Text">As it is written: <c>12 March 2026</c>, <c>tomorrow</c>.</param>
/// <param name="Value">The day; of a name such as <c>tomorrow</c>, counted from the day (UTC) on which the SMS was received.</param>
public sealed record FoundDate(string Text, DateOnly Value);

/// <summary>An amount of money that an SMS names.</summary>
/// <param name="Text">As it is written: <c>€12.50</c>, <c>1.234,56 EUR</c>.</param>
/// <param name="Value">How much.</param>
/// <param name="Currency">Of which currency (ISO 4217): <c>EUR</c>.</param>
public sealed record FoundAmount(string Text, decimal Value, string Currency);

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
