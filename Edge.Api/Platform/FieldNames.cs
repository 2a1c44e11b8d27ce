using System.Text.Json;

namespace Switchboard.Edge.Api.Platform;

/// <summary>Names of fields as requests spell them.</summary>
internal static class FieldNames
{
    /// <summary><c>sender.addresses[2]</c> of <c>Sender.Addresses[2]</c>.</summary>
    public static string Of(string property) =>
        property.Contains('.', StringComparison.Ordinal)
            ? string.Join('.', property.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName))
            : JsonNamingPolicy.CamelCase.ConvertName(property);
}
