namespace Switchboard.Simulator.Entra;

/// <summary>Microsoft's identity platform at <c>/microsoft</c>: OAuth 2.0 with PKCE, for any tenant.</summary>
internal static class EntraEndpoints
{
    public static IServiceCollection AddEntra(this IServiceCollection services) => services
        .AddSingleton<GraphTokens>()
        .AddSingleton<AuthorizationCodes>()
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
            new EntraMetadata($"{root}/v2.0", $"{root}/oauth2/v2.0/authorize", $"{root}/oauth2/v2.0/token"), EntraJson.Default.EntraMetadata);
    }
}
