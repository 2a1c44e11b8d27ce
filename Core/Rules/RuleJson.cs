using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Core.Rules;

/// <summary>The conditions of a rule as they stand in <c>rules.sender_rules</c> and <c>rules.content_rules</c>.</summary>
public static class RuleJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary><c>{"addresses": [], "domains": [], "wildcards": [], "exclusions": []}</c>.</summary>
    public static string Write(SenderRules rules) => JsonSerializer.Serialize(rules, Options);

    /// <summary><c>{"anyOf": [], "allOf": [], "noneOf": [], "scope": "both", "hasAttachment": null}</c>.</summary>
    public static string Write(ContentRules rules) => JsonSerializer.Serialize(rules, Options);

    /// <summary>Reads conditions on the sender; a list that is not there is empty.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static SenderRules ReadSender(string json)
    {
        var read = JsonSerializer.Deserialize<SenderRules>(json, Options) ?? SenderRules.None;
        return new(read.Addresses ?? [], read.Domains ?? [], read.Wildcards ?? [], read.Exclusions ?? []);
    }

    /// <summary>Reads conditions on the content; a list that is not there is empty.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static ContentRules ReadContent(string json)
    {
        var read = JsonSerializer.Deserialize<ContentRules>(json, Options) ?? ContentRules.None;
        return read with { AnyOf = read.AnyOf ?? [], AllOf = read.AllOf ?? [], NoneOf = read.NoneOf ?? [] };
    }
}
