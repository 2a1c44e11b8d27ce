using System.Text.Json;
using System.Text.Json.Serialization;
using FluentValidation.Results;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FastEndpoints;

/// <summary>What a request binder works with.</summary>
public readonly struct BinderContext : IServiceResolverBase
{
    private readonly ICollection<string> _required;

    /// <summary>Creates the context of one request.</summary>
    /// <param name="httpContext">The exchange.</param>
    /// <param name="validationFailures">Where failures are collected.</param>
    /// <param name="jsonSerializerContext">The endpoint's own serializer context, if it has one.</param>
    /// <param name="dontAutoBindForms">Whether a form stays unread.</param>
    /// <param name="requiredPropsToBind">The names that form, route or query must carry.</param>
    public BinderContext(
        HttpContext httpContext,
        List<ValidationFailure> validationFailures,
        JsonSerializerContext? jsonSerializerContext,
        bool dontAutoBindForms,
        ICollection<string> requiredPropsToBind)
    {
        HttpContext = httpContext;
        ValidationFailures = validationFailures;
        JsonSerializerContext = jsonSerializerContext;
        DontAutoBindForms = dontAutoBindForms;
        _required = requiredPropsToBind;
        BoundProperties = requiredPropsToBind.Count > 0 ? [] : null;
    }

    /// <summary>The exchange.</summary>
    public HttpContext HttpContext { get; init; }

    /// <summary>Where failures are collected; a binder adds its own.</summary>
    public List<ValidationFailure> ValidationFailures { get; init; }

    /// <summary>The serializer options of the application.</summary>
    public JsonSerializerOptions SerializerOptions => Settings.Serializer.Options;

    /// <summary>The endpoint's own serializer context, if it has one.</summary>
    public JsonSerializerContext? JsonSerializerContext { get; init; }

    /// <summary>Whether a form stays unread.</summary>
    public bool DontAutoBindForms { get; init; }

    /// <summary>The required names that the request did not carry.</summary>
    public IEnumerable<string> UnboundRequiredProperties
        => BoundProperties is null ? [] : _required.Except(BoundProperties, StringComparer.OrdinalIgnoreCase);

    internal List<string>? BoundProperties { get; }

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
