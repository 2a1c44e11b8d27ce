using System.Diagnostics;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FastEndpoints;

/// <summary>From definitions to routes.</summary>
internal static partial class EndpointMapper
{
    public static void Map(IEndpointRouteBuilder app)
    {
        using var scope = app.ServiceProvider.CreateScope();
        var catalog = app.ServiceProvider.GetRequiredService<EndpointCatalog>();
        var authorization = app.ServiceProvider.GetRequiredService<IOptions<AuthorizationOptions>>().Value;
        var factory = app.ServiceProvider.GetRequiredService<IEndpointFactory>();
        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        var mapped = new List<string>();
        foreach (var definition in catalog.Definitions)
        {
            var endpoint = factory.Create(definition, http);
            Configure(endpoint, definition, http);
            if (Settings.Endpoints.Filter?.Invoke(definition) == false)
                continue;
            if (definition.Verbs.Length == 0 || definition.Routes.Length == 0)
                throw new ArgumentException($"The endpoint [{definition.EndpointType.FullName}] has no verbs or no routes.");

            Settings.Endpoints.Configurator?.Invoke(definition);
            if (Settings.Endpoints.WarmupFilter?.Invoke(definition) == true)
                endpoint.WarmUp();
            EndpointSecurity.AddPolicy(authorization, definition);
            mapped.AddRange(MapRoutes(app, definition));
            definition.IsLocked = true;
        }

        var logger = app.ServiceProvider.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(EndpointMapper));
        Log.EndpointsRegistered(logger, mapped.Count, (long)Stopwatch.GetElapsedTime(catalog.StartedAt).TotalMilliseconds);
        if (mapped.CountBy(route => route).Where(route => route.Value > 1).Select(route => route.Key).ToArray() is { Length: > 0 } doubled)
            throw new InvalidOperationException($"More than one endpoint listens to: {string.Join(", ", doubled)}");
    }

    private static void Configure(BaseEndpoint endpoint, EndpointDefinition definition, HttpContext http)
    {
        endpoint.Definition = definition;
        endpoint.HttpContext = http;
        endpoint.Configure();
        if (definition is { HasManyValidators: true, ValidatorType: null })
        {
            throw new InvalidOperationException(
                $"[{definition.ReqDtoType.FullName}] has more than one validator: [{definition.EndpointType.FullName}] must name its own by Validator<T>().");
        }
    }

    private static IEnumerable<string> MapRoutes(IEndpointRouteBuilder app, EndpointDefinition definition)
    {
        foreach (var (index, route) in definition.Routes.Index())
        {
            var pattern = RoutePattern.Build(route, definition.OverriddenRoutePrefix);
            foreach (var verb in definition.Verbs)
            {
                MapRoute(app, definition, pattern, verb, definition.Routes.Length > 1 ? index + 1 : null);
                yield return $"{verb}:{pattern}";
            }
        }
    }

    private static void MapRoute(IEndpointRouteBuilder app, EndpointDefinition definition, string pattern, string verb, int? number)
    {
        var route = app.MapMethods(pattern, [verb], static () => RequestHandler.Instance);
        route.WithName(Settings.Endpoints.NameGenerator(
            new(definition.EndpointType, definition.Verbs.Length > 1 ? verb : null, number, definition.EndpointTags?.FirstOrDefault())));
        route.WithMetadata([definition, .. definition.EndpointMetadata ?? []]);
        route.Describe(definition, pattern);
        if (definition.AnonymousVerbs?.Contains(verb) == true)
            route.AllowAnonymous();
        else
            route.RequireAuthorization(EndpointSecurity.Requirements(definition));

        if (definition.FormDataContentType is { } form)
            route.Accepts(definition.ReqDtoType, form);
        if (definition.EndpointSummary?.Produces is { Count: > 0 } produces)
        {
            route.RemoveProduces(p => p.StatusCode == 200);
            route.WithMetadata([.. produces]);
        }

        // last, so that the endpoint's own conventions see all of the above
        definition.Conventions?.Invoke(route);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Registered {Total} endpoints in {Milliseconds} milliseconds.")]
        public static partial void EndpointsRegistered(ILogger logger, int total, long milliseconds);
    }
}
