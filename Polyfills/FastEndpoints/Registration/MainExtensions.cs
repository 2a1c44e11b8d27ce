using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FluentValidation;
using FluentValidation.Internal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FastEndpoints;

/// <summary>Adds endpoints to an application.</summary>
public static class MainExtensions
{
    private static readonly Lock ConfigurationLock = new();
    private static bool _isConfigured;

    /// <summary>Finds the endpoints and validators of the loaded assemblies.</summary>
    public static IServiceCollection AddFastEndpoints(this IServiceCollection services) => services.AddFastEndpoints((Action<EndpointDiscoveryOptions>?)null);

    /// <summary>Finds the endpoints and validators.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="options">Where to look.</param>
    /// <exception cref="InvalidOperationException">There are none, or one is not whole.</exception>
    public static IServiceCollection AddFastEndpoints(this IServiceCollection services, Action<EndpointDiscoveryOptions>? options)
    {
        var discovery = new EndpointDiscoveryOptions();
        options?.Invoke(discovery);
        services.AddSingleton(new EndpointCatalog(TypeScanner.Scan(discovery)));
        services.AddHttpContextAccessor();
        services.TryAddSingleton<IServiceResolver, ServiceResolver>();
        services.TryAddSingleton<IEndpointFactory, EndpointFactory>();
        services.TryAddSingleton(typeof(IRequestBinder<>), typeof(RequestBinder<>));
        services.AddSingleton<Config>();
        return services;
    }

    /// <summary>Maps the endpoints.</summary>
    /// <param name="app">The application.</param>
    /// <param name="configAction">Sets what all endpoints share.</param>
    /// <exception cref="InvalidCastException">The application has no routes.</exception>
    public static IApplicationBuilder UseFastEndpoints(this IApplicationBuilder app, Action<Config>? configAction = null)
    {
        if (app is not IEndpointRouteBuilder routes)
            throw new InvalidCastException($"[{app.GetType().Name}] is no IEndpointRouteBuilder: call MapFastEndpoints() where routes are mapped.");
        routes.MapFastEndpoints(configAction);
        return app;
    }

    /// <summary>Maps the endpoints.</summary>
    /// <param name="app">Where routes are mapped.</param>
    /// <param name="configAction">Sets what all endpoints share; the first application of the process has it run.</param>
    /// <exception cref="InvalidOperationException">Two endpoints have the same verb and route.</exception>
    public static IEndpointRouteBuilder MapFastEndpoints(this IEndpointRouteBuilder app, Action<Config>? configAction = null)
    {
        var services = app.ServiceProvider;
        ServiceResolver.Instance = services.GetRequiredService<IServiceResolver>();
        lock (ConfigurationLock)
        {
            if (!_isConfigured)
                Configure(services, configAction);
            _isConfigured = true;
        }

        if (Settings.Validation.UsePropertyNamingPolicy && Settings.Serializer.Options.PropertyNamingPolicy is { } naming)
            ValidatorOptions.Global.PropertyNameResolver = (_, member, expression) => NameOf(member, expression, naming);
        EndpointMapper.Map(app);
        return app;
    }

    private static void Configure(IServiceProvider services, Action<Config>? configAction)
    {
        if (services.GetService<IOptions<JsonOptions>>()?.Value.SerializerOptions is { } shared)
            Settings.Serializer.Options = new(shared);

        var options = Settings.Serializer.Options;
        options.TypeInfoResolver = options.TypeInfoResolver?.WithAddedModifier(DontRequireOtherSources);
        configAction?.Invoke(services.GetRequiredService<Config>());
    }

    /// <summary>What comes from a header or the route may be <c>required</c> in C#, but is never in the body.</summary>
    private static void DontRequireOtherSources(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
            return;
        foreach (var property in type.Properties.Where(p => p.AttributeProvider?.IsDefined(typeof(NonJsonBindingAttribute), true) == true))
            property.IsRequired = false;
    }

    private static string? NameOf(MemberInfo? member, System.Linq.Expressions.LambdaExpression? expression, JsonNamingPolicy naming)
    {
        if (member is null)
            return null;
        var chain = expression is null ? null : PropertyChain.FromExpression(expression);
        return naming.ConvertName(chain is { Count: > 0 } ? chain.ToString() : member.Name);
    }
}
