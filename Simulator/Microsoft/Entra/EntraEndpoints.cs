using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Simulator.Microsoft;

/// <summary>Microsoft's identity platform at <c>/microsoft</c>: OAuth 2.0 with PKCE, for any tenant.</summary>
internal static class EntraEndpoints
{
    public static IServiceCollection AddEntra(this IServiceCollection services) => services
        .AddSingleton<GraphTokens>()
        .ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, EntraJson.Default));

    public static void MapEntra(this WebApplication app)
    {
        var microsoft = app.MapGroup("/microsoft");
        microsoft.MapGet("/{tenant}/oauth2/v2.0/authorize", AuthorizeEndpoint.Authorize);
        microsoft.MapPost("/{tenant}/oauth2/v2.0/token", TokenEndpoint.TokenAsync);
        microsoft.MapGet("/.well-known/openid-configuration", (HttpContext context) => Metadata(context, "common"));
        microsoft.MapGet("/{tenant}/v2.0/.well-known/openid-configuration", Metadata);
        microsoft.MapFallback(() => EntraErrors.NotFound);
    }

    private static IResult Metadata(HttpContext context, string tenant)
    {
        var root = $"{context.Request.Scheme}://{context.Request.Host}/microsoft/{tenant}";
        return Results.Json(
            new EntraMetadata($"{root}/v2.0", $"{root}/oauth2/v2.0/authorize", $"{root}/oauth2/v2.0/token"),
            EntraJson.Default.EntraMetadata);
    }
}

/// <summary>What the token endpoint answers.</summary>
internal sealed record EntraTokens(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("expires_in")] int ExpiresIn,
    [property: JsonPropertyName("scope")] string Scope,
    [property: JsonPropertyName("refresh_token")] string? RefreshToken = null)
{
    [JsonPropertyName("ext_expires_in")]
    public int ExtExpiresIn => ExpiresIn;

    [JsonPropertyName("token_type")]
    public string TokenType => "Bearer";
}

/// <summary>What <c>.well-known/openid-configuration</c> says, as far as it is implemented here.</summary>
internal sealed record EntraMetadata(
    [property: JsonPropertyName("issuer")] string Issuer,
    [property: JsonPropertyName("authorization_endpoint")] string AuthorizationEndpoint,
    [property: JsonPropertyName("token_endpoint")] string TokenEndpoint)
{
    [JsonPropertyName("response_types_supported")]
    public IReadOnlyList<string> ResponseTypes => ["code"];

    [JsonPropertyName("code_challenge_methods_supported")]
    public IReadOnlyList<string> ChallengeMethods => ["S256"];
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EntraTokens))]
[JsonSerializable(typeof(EntraMetadata))]
internal sealed partial class EntraJson : JsonSerializerContext;
