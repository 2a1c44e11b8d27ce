using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc.ApiExplorer;

namespace FastEndpoints;

/// <summary>What an endpoint accepts and answers, as metadata of ASP.NET: for its routing (415) and its API explorer.</summary>
internal static class EndpointDescription
{
    private static readonly MethodInfo PopulateMethod
        = typeof(EndpointDescription).GetMethod(nameof(Populate), BindingFlags.NonPublic | BindingFlags.Static)!;

    public static void Describe(this RouteHandlerBuilder route, EndpointDefinition definition, string pattern)
    {
        // what ASP.NET derives from the handler it sees is not what the endpoint answers
        route.RemoveProduces(static _ => true);
        if (definition.ReqDtoType.IsAssignableTo(typeof(IPlainTextRequest)))
        {
            route.Accepts(definition.ReqDtoType, "text/plain", "application/json");
            route.ProducesUnlessSaid(200, definition.ResDtoType, "text/plain", "application/json");
            return;
        }

        if (definition.ReqDtoType != typeof(EmptyRequest))
            route.DescribeRequest(definition, pattern);

        if (definition.ReturnsResult)
            route.Add(builder => PopulateFrom(definition.ResDtoType, builder));
        else if (definition.ResDtoType == typeof(object) || definition.ResDtoType == typeof(EmptyResponse))
            route.ProducesUnlessSaid(204, typeof(void));
        else
            route.ProducesUnlessSaid(200, definition.ResDtoType, "application/json");

        if (definition.AnonymousVerbs is not { Length: > 0 })
            route.ProducesUnlessSaid(401, typeof(void));
        if (definition.RequiresAuthorization)
            route.ProducesUnlessSaid(403, typeof(void));
        if (definition.ValidatorType is not null && Settings.Errors.ProducesMetadataType is { } errors)
            route.ProducesUnlessSaid(Settings.Errors.StatusCode, errors, Settings.Errors.ContentType);
    }

    public static void RemoveProduces(this RouteHandlerBuilder route, Predicate<IProducesResponseTypeMetadata> which)
        => route.Add(builder => Remove(builder, m => m is IProducesResponseTypeMetadata p && which(p)));

    public static void Remove(EndpointBuilder builder, Predicate<object> which)
    {
        for (var i = builder.Metadata.Count - 1; i >= 0; i--)
        {
            if (which(builder.Metadata[i]))
                builder.Metadata.RemoveAt(i);
        }
    }

    private static void DescribeRequest(this RouteHandlerBuilder route, EndpointDefinition definition, string pattern)
    {
        if (HasNoBody(definition.ReqDtoType, pattern))
            route.Accepts(definition.ReqDtoType, "*/*");
        else if (definition.Verbs.Any(v => v is "GET" or "HEAD" or "DELETE"))
            route.Accepts(definition.ReqDtoType, "*/*", "application/json");
        else
            route.Accepts(definition.ReqDtoType, "application/json");
    }

    /// <summary>Whether every property comes from the route or is marked to come from somewhere else than the body.</summary>
    private static bool HasNoBody(Type request, string pattern)
    {
        var parameters = RoutePattern.ParameterNames(pattern);
        return Array.TrueForAll(
            CompiledMembers.SettableProperties(request),
            p => p.GetCustomAttributes<NonJsonBindingAttribute>().Any() || parameters.Contains(RequestShape.FieldName(p)));
    }

    /// <summary>Any described success stands for all; a described error for its status.</summary>
    private static void ProducesUnlessSaid(this RouteHandlerBuilder route, int status, Type type, params string[] contentTypes)
        => route.Finally(builder =>
        {
            var isSaid = builder.Metadata.Select(StatusOf).Any(s => status < 300 ? s is >= 200 and < 300 : s == status);
            if (!isSaid)
                builder.Metadata.Add(new DefaultProduces(type, status, contentTypes));
        });

    private static int? StatusOf(object metadata) => metadata switch
    {
        IProducesResponseTypeMetadata p => p.StatusCode,
        IApiResponseMetadataProvider p => p.StatusCode,
        _ => null,
    };

    private static void PopulateFrom(Type response, EndpointBuilder builder)
    {
        if (response.IsAssignableTo(typeof(IEndpointMetadataProvider)))
            PopulateMethod.MakeGenericMethod(response).Invoke(null, [builder]);
    }

    private static void Populate<T>(EndpointBuilder builder) where T : IEndpointMetadataProvider => T.PopulateMetadata(PopulateMethod, builder);
}
