using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;

namespace Switchboard.ServiceDefaults;

internal static class JsonDefaults
{
    /// <summary>
    /// camelCase, enums as kebab-case words (<c>very-low</c>), numbers not taken for enums; nulls are written, so that an answer has
    /// the same fields every time.
    /// </summary>
    public static void AddJsonDefaults(this IServiceCollection services) =>
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(
            new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)));
}
