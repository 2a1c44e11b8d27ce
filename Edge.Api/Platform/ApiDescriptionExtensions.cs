using Microsoft.OpenApi;

namespace Switchboard.Edge.Api.Platform;

internal static class ApiDescriptionExtensions
{
    private const string Document = "v1";

    /// <summary>Describes the API in OpenAPI.</summary>
    public static IServiceCollection AddApiDescription(this IServiceCollection services) => services.AddOpenApi(Document, options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new()
            {
                Title = "Switchboard",
                Version = Document,
                Description = "What reaches people, and what is sent to them. Errors are problems (RFC 9457) of a stable type; "
                    + "lists take cursor and limit; creating POSTs take an Idempotency-Key.",
            };
            document.Components ??= new();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[ApiDescription.Scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "sb_…",
                Description = "A key of Switchboard.",
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            ApiDescription.Complete(operation, context);
            return Task.CompletedTask;
        });
    });

    /// <summary>Serves it at <c>/openapi/v1.json</c>.</summary>
    public static void MapApiDescription(this IEndpointRouteBuilder app) => app.MapOpenApi();
}
