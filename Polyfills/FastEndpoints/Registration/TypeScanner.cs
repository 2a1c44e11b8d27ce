using System.Reflection;
using FluentValidation;

namespace FastEndpoints;

/// <summary>Finds endpoints and validators: concrete classes, public or not, of all loaded assemblies but those of well-known libraries.</summary>
internal static class TypeScanner
{
    private static readonly string[] Libraries =
    [
        "Accessibility", "FastEndpoints", "FluentValidation", "Grpc", "JetBrains", "Microsoft", "mscorlib", "Namotion", "netstandard",
        "Newtonsoft", "NJsonSchema", "NSwag", "NuGet", "PresentationCore", "PresentationFramework", "StackExchange", "System", "testhost",
        "WindowsBase", "YamlDotNet",
    ];

    public static IEnumerable<Type> Scan(EndpointDiscoveryOptions options)
    {
        Assembly[] named = [.. options.Assemblies ?? []];
        if (options.DisableAutoDiscovery && named.Length == 0)
            throw new InvalidOperationException($"Without discovery, {nameof(EndpointDiscoveryOptions.Assemblies)} must name the assemblies of the endpoints.");

        var assemblies = options.DisableAutoDiscovery ? named : named.Union(AppDomain.CurrentDomain.GetAssemblies());
        return assemblies
            .Where(a => options.AssemblyFilter?.Invoke(a) != false && !a.IsDynamic && (named.Contains(a) || !IsLibrary(a)))
            .SelectMany(a => a.GetTypes())
            .Where(t => !t.IsAbstract
                        && !t.IsGenericType
                        && !t.IsDefined(typeof(DontRegisterAttribute))
                        && (t.IsAssignableTo(typeof(IEndpoint)) || IsValidator(t, options))
                        && options.Filter?.Invoke(t) != false);
    }

    private static bool IsLibrary(Assembly assembly) => Array.Exists(Libraries, l => assembly.FullName!.StartsWith(l, StringComparison.Ordinal));

    private static bool IsValidator(Type type, EndpointDiscoveryOptions options)
        => type.IsAssignableTo(options.IncludeAbstractValidators ? typeof(IValidator) : typeof(IEndpointValidator));
}
