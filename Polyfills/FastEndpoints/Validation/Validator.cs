using FluentValidation;
using Microsoft.Extensions.DependencyInjection;

namespace FastEndpoints;

/// <summary>The rules of a request type; discovered, and run before the handler of each endpoint that takes the type. A singleton: it keeps no state.</summary>
/// <typeparam name="TRequest">The request type.</typeparam>
public abstract class Validator<TRequest> : AbstractValidator<TRequest>, IServiceResolverBase, IEndpointValidator
    where TRequest : notnull
{
    /// <inheritdoc />
    public TService? TryResolve<TService>() where TService : class => ServiceResolver.Instance.TryResolve<TService>();

    /// <inheritdoc />
    public object? TryResolve(Type typeOfService) => ServiceResolver.Instance.TryResolve(typeOfService);

    /// <inheritdoc />
    public TService Resolve<TService>() where TService : class => ServiceResolver.Instance.Resolve<TService>();

    /// <inheritdoc />
    public object Resolve(Type typeOfService) => ServiceResolver.Instance.Resolve(typeOfService);

    /// <inheritdoc />
    public IServiceScope CreateScope() => ServiceResolver.Instance.CreateScope();

    /// <inheritdoc />
    public TService? TryResolve<TService>(string keyName) where TService : class => ServiceResolver.Instance.TryResolve<TService>(keyName);

    /// <inheritdoc />
    public object? TryResolve(Type typeOfService, string keyName) => ServiceResolver.Instance.TryResolve(typeOfService, keyName);

    /// <inheritdoc />
    public TService Resolve<TService>(string keyName) where TService : class => ServiceResolver.Instance.Resolve<TService>(keyName);

    /// <inheritdoc />
    public object Resolve(Type typeOfService, string keyName) => ServiceResolver.Instance.Resolve(typeOfService, keyName);
}
