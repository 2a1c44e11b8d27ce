using System.Reflection;
using FastEndpoints;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Switchboard.Edge.Api.Platform;

/// <summary>What the framework cannot see of an endpoint: its parameters outside the body, and who may call it.</summary>
internal static class ApiDescription
{
    /// <summary>The name of the security scheme.</summary>
    public const string Scheme = "key";

    /// <summary>Adds it to the description of an operation.</summary>
    public static void Complete(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<EndpointDefinition>().FirstOrDefault() is not { } endpoint)
            return;

        operation.Parameters ??= [];
        foreach (var name in RouteNames(context.Description.RelativePath))
            operation.Parameters.Add(Parameter(name, ParameterLocation.Path, JsonSchemaType.String, isRequired: true));
        foreach (var property in endpoint.ReqDtoType.GetProperties().Where(property => property.IsDefined(typeof(QueryParamAttribute))))
            operation.Parameters.Add(Parameter(Camel(property.Name), ParameterLocation.Query, TypeOf(property), isRequired: false));

        if (context.Description.HttpMethod is "GET" or "DELETE")
            operation.RequestBody = null;
        // what creates; an endpoint that answers 200 means something else by its 422
        if (operation.Responses?.ContainsKey("422") is true && !operation.Responses.ContainsKey("200"))
            operation.Parameters.Add(Parameter(IdempotencyKeyHeader.Name, ParameterLocation.Header, JsonSchemaType.String, isRequired: false));
        if (!metadata.OfType<IAllowAnonymous>().Any())
            operation.Security = [new() { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [] }];
    }

    private static IEnumerable<string> RouteNames(string? path) =>
        (path ?? "").Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}').Split(':')[0]);

    private static OpenApiParameter Parameter(string name, ParameterLocation location, JsonSchemaType type, bool isRequired) =>
        new() { Name = name, In = location, Required = isRequired, Schema = new OpenApiSchema { Type = type } };

    private static JsonSchemaType TypeOf(PropertyInfo property) => (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) switch
    {
        var type when type == typeof(int) => JsonSchemaType.Integer,
        var type when type == typeof(bool) => JsonSchemaType.Boolean,
        _ => JsonSchemaType.String,
    };

    private static string Camel(string name) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name);
}
