namespace FastEndpoints;

/// <summary>Services, and instances of what is not a service: endpoints, validators, processors.</summary>
public interface IServiceResolver : IServiceResolverBase
{
    /// <summary>A new instance, its constructor's parameters being services.</summary>
    /// <param name="type">What to make.</param>
    /// <param name="serviceProvider">Where from; the current request when null.</param>
    object CreateInstance(Type type, IServiceProvider? serviceProvider = null);

    /// <summary>The one instance of a type, made when first asked for.</summary>
    /// <param name="type">What to make.</param>
    object CreateSingleton(Type type);
}
