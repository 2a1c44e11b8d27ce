using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Core.Email;

/// <summary>A policy as it stands in <c>mailboxes.tracking</c> and <c>account_connections.tracking</c>.</summary>
public static class TrackingJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary><c>{"mode": "all", "categories": [], "recipients": [], "windowDays": 90, "followUp": null}</c>.</summary>
    public static string Write(TrackingPolicy policy) => JsonSerializer.Serialize(policy, Options);

    /// <summary>Reads a policy; a list that is not there is empty.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static TrackingPolicy Read(string json)
    {
        var read = JsonSerializer.Deserialize<TrackingPolicy>(json, Options) ?? throw new JsonException("A policy is not null.");
        return read with { Categories = read.Categories ?? [], Recipients = read.Recipients ?? [] };
    }
}
