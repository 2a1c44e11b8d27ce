using System.Diagnostics;
using System.Reflection;
using FluentValidation;

namespace FastEndpoints;

/// <summary>The endpoints of the application, each with the validator of its request type.</summary>
internal sealed class EndpointCatalog
{
    public EndpointCatalog(IEnumerable<Type> types)
    {
        StartedAt = Stopwatch.GetTimestamp();
        var found = types.ToLookup(t => t.IsAssignableTo(typeof(IEndpoint)));
        var validators = found[false].ToLookup(t => TypeArguments(t, typeof(AbstractValidator<>))?[0]);
        Definitions = [.. found[true].Select(t => Define(t, validators))];
        if (Definitions.Length == 0)
            throw new InvalidOperationException("FastEndpoints was unable to find any endpoint declarations!");
    }

    public EndpointDefinition[] Definitions { get; }

    public long StartedAt { get; }

    private static EndpointDefinition Define(Type type, ILookup<Type?, Type> validators)
    {
        if (!Implements(type, nameof(BaseEndpoint.Configure)))
            throw new InvalidOperationException($"The endpoint [{type.FullName}] must override Configure().");
        var handles = Implements(type, nameof(Endpoint<object>.HandleAsync));
        var executes = Implements(type, nameof(Endpoint<object>.ExecuteAsync));
        if (handles == executes)
            throw new InvalidOperationException($"The endpoint [{type.FullName}] must override either HandleAsync or ExecuteAsync.");

        var arguments = TypeArguments(type, typeof(Endpoint<,>)) ?? [typeof(EmptyRequest), typeof(EmptyResponse)];
        var ofRequest = validators[arguments[0]].Take(2).ToArray();
        return new EndpointDefinition(type, arguments[0], arguments[1])
        {
            ExecuteAsyncImplemented = executes,
            ValidatorType = ofRequest is [var only] ? only : null,
            HasManyValidators = ofRequest.Length > 1,
        };
    }

    private static bool Implements(Type type, string method)
        => type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.FlattenHierarchy)
            .Any(m => m.Name == method && !m.IsDefined(typeof(NotImplementedAttribute), inherit: false));

    private static Type[]? TypeArguments(Type type, Type generic)
    {
        for (var t = type; t is not null; t = t.BaseType)
        {
            if (t.IsGenericType && t.GetGenericTypeDefinition() == generic)
                return t.GetGenericArguments();
        }

        return null;
    }
}
