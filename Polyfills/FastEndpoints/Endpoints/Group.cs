namespace FastEndpoints;

/// <summary>What several endpoints share. Say it in the constructor, by <see cref="Configure"/>.</summary>
public abstract class Group : ServiceResolverClient
{
    internal Action<EndpointDefinition> Apply { get; set; } = static _ => { };

    /// <summary>Sets what the endpoints share.</summary>
    /// <param name="routePrefix">What their routes begin with, after the global prefix.</param>
    /// <param name="ep">Runs on each.</param>
    protected virtual void Configure(string routePrefix, Action<EndpointDefinition> ep)
        => Apply = definition =>
        {
            definition.Routes = [.. definition.Routes.Select(route => Join(routePrefix, route))];
            ep(definition);
        };

    private static string Join(string prefix, string route)
        => prefix.EndsWith('/') || route.StartsWith('/') ? prefix + route : $"{prefix}/{route}";
}
