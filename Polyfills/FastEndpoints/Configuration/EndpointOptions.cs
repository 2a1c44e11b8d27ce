using Microsoft.AspNetCore.Http;

namespace FastEndpoints;

/// <summary>Routes, names and what all endpoints share.</summary>
public sealed class EndpointOptions
{
    /// <summary>Makes the name of an endpoint, which is its operation id too and what links are made from.</summary>
    public Func<EndpointNameGenerationContext, string> NameGenerator { internal get; set; } = GenerateName;

    /// <summary>Whether names leave out the namespace. Default false.</summary>
    public bool ShortNames { internal get; set; }

    /// <summary>Whether names begin with the endpoint's first tag and an underscore. Default false.</summary>
    public bool PrefixNameWithFirstTag { internal get; set; }

    /// <summary>What every route begins with, for example <c>api</c>.</summary>
    public string? RoutePrefix { internal get; set; }

    /// <summary>Which endpoints are registered; all when null.</summary>
    public Func<EndpointDefinition, bool>? Filter { internal get; set; }

    /// <summary>Runs on every endpoint after its own <c>Configure()</c>.</summary>
    public Action<EndpointDefinition>? Configurator { internal get; set; }

    /// <summary>Whether a request type may have no properties. Default false.</summary>
    public bool AllowEmptyRequestDtos { internal get; set; }

    /// <summary>Runs before each answer is written; the second argument is null.</summary>
    public Action<HttpContext, object?>? GlobalResponseModifier { internal get; set; }

    /// <summary>Runs before each answer is written; the second argument is null.</summary>
    public Func<HttpContext, object?, Task>? GlobalResponseModifierAsync { internal get; set; }

    internal Func<EndpointDefinition, bool>? WarmupFilter { get; private set; }

    /// <summary>Builds validators and binders while endpoints are mapped, not with their first request.</summary>
    /// <param name="filter">For which endpoints; for all when null.</param>
    public void Warmup(Func<EndpointDefinition, bool>? filter = null) => WarmupFilter = filter ?? (static _ => true);

    private static string GenerateName(EndpointNameGenerationContext context)
    {
        var tag = context is { PrefixNameWithFirstTag: true, TagPrefix: { } prefix } ? $"{prefix}_" : null;
        var verb = context.HttpVerb is { } v ? v[0] + v[1..].ToLowerInvariant() : null;
        var type = context.ShortEndpointNames
            ? context.EndpointType.Name
            : context.EndpointType.FullName!.Replace(".", string.Empty, StringComparison.Ordinal);
        return $"{tag}{verb}{type}{context.RouteNumber}";
    }
}
