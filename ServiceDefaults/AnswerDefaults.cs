using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;

namespace Switchboard.ServiceDefaults;

/// <summary>How answers are written: JSON and problems.</summary>
internal static class AnswerDefaults
{
    /// <summary>
    /// camelCase, enums as words (<see cref="WordEnumConverter"/>); nulls are written, so that an answer has the same fields every time.
    /// </summary>
    public static void AddJsonDefaults(this IServiceCollection services) =>
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new WordEnumConverter()));

    /// <summary>RFC 9457 answers carry the product's own type and the trace's id.</summary>
    public static void AddProblemDefaults(this IServiceCollection services) =>
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
        {
            var problem = context.ProblemDetails;
            problem.Type = ProblemTypes.OrDefault(problem.Type, problem.Status ?? context.HttpContext.Response.StatusCode);
            problem.Extensions["traceId"] = Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier;
        });
}

/// <summary>
/// Writes each enum as one kebab-case word (<c>very-low</c>) and reads exactly those words, in any case. The converter of .NET would
/// take a list with commas too, as flags (<c>high, very-low</c>), for a value that no member of the enum has.
/// </summary>
internal sealed class WordEnumConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Words<>).MakeGenericType(typeToConvert))!;

    private sealed class Words<TEnum> : JsonConverter<TEnum>
        where TEnum : struct, Enum
    {
        private static readonly Dictionary<TEnum, string> _words = Enum.GetValues<TEnum>()
            .Distinct().ToDictionary(value => value, value => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString()));

        private static readonly Dictionary<string, TEnum> _values =
            _words.ToDictionary(word => word.Value, word => word.Key, StringComparer.OrdinalIgnoreCase);

        public override TEnum Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String ? Of(reader.GetString()!) : throw new JsonException();

        public override TEnum ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Of(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, TEnum value, JsonSerializerOptions options) =>
            writer.WriteStringValue(_words[value]);

        public override void WriteAsPropertyName(Utf8JsonWriter writer, TEnum value, JsonSerializerOptions options) =>
            writer.WritePropertyName(_words[value]);

        private static TEnum Of(string word) => _values.TryGetValue(word, out var value) ? value : throw new JsonException();
    }
}
