using System.Reflection;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FastEndpoints;

/// <summary>What is known of an endpoint: metadata of its routes, and what a global configurator works on.</summary>
/// <param name="endpointType">The endpoint.</param>
/// <param name="requestDtoType">Its request type; <see cref="EmptyRequest"/> for none.</param>
/// <param name="responseDtoType">Its response type; <see cref="object"/> for any.</param>
public sealed partial class EndpointDefinition(Type endpointType, Type requestDtoType, Type responseDtoType)
{
    private (Type Type, string? Key, Action<object, object?> Set)[]? _injected;
    private ObjectFactory? _construct;
    private string? _bodyPrefix;
    private object? _validator;

    /// <summary>The endpoint.</summary>
    public Type EndpointType { get; init; } = endpointType;

    /// <summary>Its request type; <see cref="EmptyRequest"/> for none.</summary>
    public Type ReqDtoType { get; init; } = requestDtoType;

    /// <summary>Its response type; <see cref="object"/> for any.</summary>
    public Type ResDtoType { get; init; } = responseDtoType;

    /// <summary>Its routes, without the global prefix.</summary>
    public string[] Routes { get; internal set; } = [];

    /// <summary>Its verbs.</summary>
    public string[] Verbs { get; internal set; } = [];

    /// <summary>The validator of its request type, if there is one.</summary>
    public Type? ValidatorType { get; internal set; }

    /// <summary>The name of the policy made from its claims, scopes and permissions.</summary>
    public string SecurityPolicyName => $"epPolicy:{EndpointType.FullName}";

    /// <summary>What runs before the handler.</summary>
    public IEnumerable<IPreProcessor> PreProcessorsList => PreProcessorList;

    /// <summary>What runs after the handler.</summary>
    public IEnumerable<IPostProcessor> PostProcessorsList => PostProcessorList;

    internal List<IPreProcessor> PreProcessorList { get; } = [];

    internal List<IPostProcessor> PostProcessorList { get; } = [];

    internal bool ExecuteAsyncImplemented { get; init; }

    /// <summary>Whether what <c>ExecuteAsync</c> returns is executed rather than serialized.</summary>
    internal bool ReturnsResult { get; } = responseDtoType.IsAssignableTo(typeof(IResult));

    internal bool IsDisposable { get; } = endpointType.IsAssignableTo(typeof(IDisposable));

    internal bool IsAsyncDisposable { get; } = endpointType.IsAssignableTo(typeof(IAsyncDisposable));

    internal bool HasManyValidators { get; init; }

    internal bool IsLocked { get; set; }

    internal object? Binder { get; set; }

    internal JsonSerializerContext? SerializerContext { get; set; }

    internal Action<RouteHandlerBuilder>? Conventions { get; private set; }

    internal ObjectFactory Construct => _construct ??= ActivatorUtilities.CreateFactory(EndpointType, Type.EmptyTypes);

    internal (Type Type, string? Key, Action<object, object?> Set)[] InjectedProperties
        => _injected ??= [.. CompiledMembers.SettableProperties(EndpointType)
            .Select(p => (p.PropertyType, p.GetCustomAttribute<KeyedServiceAttribute>()?.Key, CompiledMembers.Setter(p)))];

    /// <summary>The one instance of the validator.</summary>
    internal object? ValidatorInstance
        => ValidatorType is null ? null : _validator ??= ServiceResolver.Instance.CreateSingleton(ValidatorType);

    /// <summary>What failures of the property that is the body begin with; nothing begins so where there is none.</summary>
    internal string BodyPrefix
        => _bodyPrefix ??= ReqDtoType.GetProperties().FirstOrDefault(p => p.IsDefined(typeof(FromBodyAttribute))) is { } body ? $"{body.Name}." : "\0";

    internal bool RequiresAuthorization
        => AllowedPermissions is { Count: > 0 }
           || AllowedScopes is { Count: > 0 }
           || AllowedClaimTypes is { Count: > 0 }
           || AllowedRoles is { Count: > 0 }
           || AuthSchemeNames is { Count: > 0 }
           || PolicyBuilder is not null
           || PreBuiltUserPolicies is not null;

    internal void ThrowIfLocked()
    {
        if (IsLocked)
            throw new InvalidOperationException($"[{EndpointType.FullName}] is mapped already: it can't be configured any more.");
    }
}
