using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Switchboard.Core.Jobs;

/// <summary>How jobs are written as JSON, in messages and in tables.</summary>
internal static class JobJson
{
    public static JsonSerializerOptions Options { get; } = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            // nulls are written: what is left out counts as missing when it is read
            // what a record computes of itself (its idempotency key) is not part of it
            IgnoreReadOnlyProperties = true,
            // a body that lacks what the record needs is poison here, not a NullReferenceException in a handler
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            // never embedded in HTML; escapes would double the size of what is not ASCII
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        };
        options.MakeReadOnly();
        return options;
    }
}
