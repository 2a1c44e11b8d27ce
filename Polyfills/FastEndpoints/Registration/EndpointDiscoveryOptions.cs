using System.Reflection;

namespace FastEndpoints;

/// <summary>Where endpoints and validators are looked for.</summary>
public sealed class EndpointDiscoveryOptions
{
    /// <summary>Assemblies to look in besides those that are loaded, or alone where <see cref="DisableAutoDiscovery"/>.</summary>
    public IEnumerable<Assembly>? Assemblies { internal get; set; }

    /// <summary>Looks in <see cref="Assemblies"/> only.</summary>
    public bool DisableAutoDiscovery { internal get; set; }

    /// <summary>Which assemblies to look in.</summary>
    public Func<Assembly, bool>? AssemblyFilter { internal get; set; }

    /// <summary>Takes every validator of FluentValidation, not only those of <see cref="Validator{TRequest}"/>.</summary>
    public bool IncludeAbstractValidators { internal get; set; }

    /// <summary>Which types to take.</summary>
    public Func<Type, bool>? Filter { internal get; set; }
}
