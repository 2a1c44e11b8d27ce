namespace FastEndpoints;

internal static class FieldNames
{
    /// <summary>The name as the JSON naming policy has it.</summary>
    public static string ToJson(string name) => Settings.Serializer.Options.PropertyNamingPolicy?.ConvertName(name) ?? name;
}
