using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;
using Switchboard.Edge.Api.Notifications.Inbox;

namespace Switchboard.Edge.Api.Platform;

/// <summary>The API in OpenAPI, and as a page for people.</summary>
internal static class ApiDescription
{
    private const string Document = "v1";
    private const string Scheme = "key";

    /// <summary>Describes the API.</summary>
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
            // wherever it was read: the process itself listens behind a proxy, at an address that is nobody else's
            document.Servers = [new() { Url = "/" }];
            document.Components ??= new();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "sb_…",
                Description = "A key of Switchboard.",
            };
            document.Components.SecuritySchemes[InboxAuthentication.SchemeName] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "sbi_…",
                Description = "A recipient's token for their inbox.",
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            Complete(operation, context);
            return Task.CompletedTask;
        });
    });

    /// <summary>
    /// Serves it at <c>/openapi/v1.json</c>, made once; in Development to anybody, and as a page at <c>/docs</c>, where calls can be tried.
    /// </summary>
    public static void MapApiDescription(this WebApplication app)
    {
        var description = new Lazy<Task<byte[]>>(() => WriteAsync(app.Services));
        var endpoint = app.MapGet(
            $"/openapi/{Document}.json",
            async () =>
            {
                var written = await description.Value;
                return TypedResults.Bytes(written, "application/json", entityTag: new($"\"{Convert.ToHexStringLower(SHA256.HashData(written))}\""));
            }).ExcludeFromDescription();
        if (!app.Environment.IsDevelopment())
        {
            endpoint.RequireAuthorization();
            return;
        }

        endpoint.AllowAnonymous();
        // the page alone, with nothing that asks a server elsewhere
        app.MapScalarApiReference("/docs", page => page.WithTitle("Switchboard").AddPreferredSecuritySchemes(Scheme)
                .DisableAgent().DisableMcp().DisableTelemetry().DisableDefaultFonts().HideDeveloperTools().HideClientButton())
            .AllowAnonymous();
    }

    /// <summary>Groups and titles the endpoint.</summary>
    public static RouteHandlerBuilder Titled(this RouteHandlerBuilder endpoint, string group, string title) =>
        endpoint.WithTags(group).WithSummary(title);

    /// <summary>The statuses that the endpoint answers with a problem.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
            endpoint.ProducesProblem(status);
        return endpoint;
    }

    /// <summary>What a body may look like: JSON that the endpoint takes.</summary>
    public static RouteHandlerBuilder Example(this RouteHandlerBuilder endpoint, string json) =>
        endpoint.WithMetadata(new RequestExample(json));

    /// <summary>A header that the endpoint reads.</summary>
    public static RouteHandlerBuilder TakesHeader(this RouteHandlerBuilder endpoint, string name, bool isRequired = false) =>
        endpoint.WithMetadata(new RequestHeader(name, isRequired));

    /// <summary>The endpoint stays for one more version: it is called deprecated, and each answer names what takes its place.</summary>
    public static RouteHandlerBuilder Superseded(this RouteHandlerBuilder endpoint, string successor) => endpoint
        .WithMetadata(new ObsoleteAttribute($"Use {successor}."))
        .AddEndpointFilter((context, next) =>
        {
            context.HttpContext.Response.Headers["Link"] = $"<{successor}>; rel=\"successor-version\"";
            return next(context);
        });

    private static async Task<byte[]> WriteAsync(IServiceProvider services)
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Document).GetOpenApiDocumentAsync();
        return Encoding.UTF8.GetBytes(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1));
    }

    // what the framework cannot see of an endpoint: its parameters outside the body, and who may call it
    private static void Complete(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<EndpointDefinition>().FirstOrDefault() is not { } endpoint)
            return;

        operation.Deprecated = metadata.OfType<ObsoleteAttribute>().Any();
        operation.Parameters ??= [];
        foreach (var name in RouteNames(context.Description.RelativePath))
            operation.Parameters.Add(Parameter(name, ParameterLocation.Path, JsonSchemaType.String, isRequired: true));
        foreach (var property in endpoint.ReqDtoType.GetProperties().Where(property => property.IsDefined(typeof(QueryParamAttribute))))
            operation.Parameters.Add(Parameter(Camel(property.Name), ParameterLocation.Query, TypeOf(property), isRequired: false));

        foreach (var header in metadata.OfType<RequestHeader>())
            operation.Parameters.Add(Parameter(header.Name, ParameterLocation.Header, JsonSchemaType.String, header.IsRequired));

        var example = metadata.OfType<RequestExample>().FirstOrDefault();
        if (context.Description.HttpMethod == "GET" || (context.Description.HttpMethod == "DELETE" && example is null))
            operation.RequestBody = null;
        if (example is not null && operation.RequestBody?.Content?.TryGetValue("application/json", out var body) is true)
            body.Example = JsonNode.Parse(example.Json);
        // what creates; an endpoint that answers 200 means something else by its 422
        if (operation.Responses?.ContainsKey("422") is true && !operation.Responses.ContainsKey("200"))
            operation.Parameters.Add(
                Parameter(IdempotencyKeyHeader.Name, ParameterLocation.Header, JsonSchemaType.String, isRequired: false));
        if (!metadata.OfType<IAllowAnonymous>().Any())
        {
            var scheme = endpoint.AuthSchemeNames?.FirstOrDefault() ?? Scheme;
            operation.Security = [new() { [new OpenApiSecuritySchemeReference(scheme, context.Document)] = [.. ScopesOf(metadata)] }];
        }
    }

    // OpenAPI takes the names of roles there for schemes other than OAuth; each policy is a scope. FastEndpoints adds its own policies.
    private static IEnumerable<string> ScopesOf(IList<object> metadata) =>
        metadata.OfType<IAuthorizeData>().Select(data => data.Policy).OfType<string>().Where(Scope.All.Contains).Distinct();

    private static IEnumerable<string> RouteNames(string? path) =>
        (path ?? "").Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}').Split(':')[0]);

    private static OpenApiParameter Parameter(string name, ParameterLocation location, JsonSchemaType type, bool isRequired) =>
        new() { Name = name, In = location, Required = isRequired, Schema = new OpenApiSchema { Type = type } };

    private static JsonSchemaType TypeOf(PropertyInfo property) =>
        (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) switch
        {
            var type when type == typeof(int) => JsonSchemaType.Integer,
            var type when type == typeof(bool) => JsonSchemaType.Boolean,
            _ => JsonSchemaType.String,
        };

    private sealed record RequestExample(string Json);

    private sealed record RequestHeader(string Name, bool IsRequired);

    private static string Camel(string name) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name);
}
