using Microsoft.AspNetCore.Routing.Patterns;

namespace FastEndpoints;

internal static class RoutePattern
{
    /// <summary>The route below the global prefix, or below the endpoint's own in its place.</summary>
    public static string Build(string route, string? prefixOverride)
    {
        var global = Settings.Endpoints.RoutePrefix?.Trim('/');
        if (string.IsNullOrEmpty(global) || prefixOverride?.Length == 0)
            return route;

        var prefix = prefixOverride?.Trim('/');
        if (string.IsNullOrEmpty(prefix))
            prefix = global;
        return $"/{prefix}/{(route.StartsWith('/') ? route[1..] : route)}";
    }

    public static HashSet<string> ParameterNames(string pattern)
        => RoutePatternFactory.Parse(pattern).Parameters.Select(p => p.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
}
