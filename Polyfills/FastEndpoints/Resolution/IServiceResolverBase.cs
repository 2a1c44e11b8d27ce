using Microsoft.Extensions.DependencyInjection;

namespace FastEndpoints;

/// <summary>Services of the current request, or of the application outside one.</summary>
public interface IServiceResolverBase
{
    /// <summary>Opens a scope below the application's services.</summary>
    IServiceScope CreateScope();

    /// <summary>The service, or null.</summary>
    /// <typeparam name="TService">Its type.</typeparam>
    TService? TryResolve<TService>() where TService : class;

    /// <summary>The service, or null.</summary>
    /// <param name="typeOfService">Its type.</param>
    object? TryResolve(Type typeOfService);

    /// <summary>The service.</summary>
    /// <typeparam name="TService">Its type.</typeparam>
    /// <exception cref="InvalidOperationException">It is not registered.</exception>
    TService Resolve<TService>() where TService : class;

    /// <summary>The service.</summary>
    /// <param name="typeOfService">Its type.</param>
    /// <exception cref="InvalidOperationException">It is not registered.</exception>
    object Resolve(Type typeOfService);

    /// <summary>The service of that key, or null.</summary>
    /// <typeparam name="TService">Its type.</typeparam>
    /// <param name="keyName">The key.</param>
    TService? TryResolve<TService>(string keyName) where TService : class;

    /// <summary>The service of that key, or null.</summary>
    /// <param name="typeOfService">Its type.</param>
    /// <param name="keyName">The key.</param>
    object? TryResolve(Type typeOfService, string keyName);

    /// <summary>The service of that key.</summary>
    /// <typeparam name="TService">Its type.</typeparam>
    /// <param name="keyName">The key.</param>
    /// <exception cref="InvalidOperationException">It is not registered.</exception>
    TService Resolve<TService>(string keyName) where TService : class;

    /// <summary>The service of that key.</summary>
    /// <param name="typeOfService">Its type.</param>
    /// <param name="keyName">The key.</param>
    /// <exception cref="InvalidOperationException">It is not registered.</exception>
    object Resolve(Type typeOfService, string keyName);
}
