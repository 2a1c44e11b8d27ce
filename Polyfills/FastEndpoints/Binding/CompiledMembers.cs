using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json.Serialization;

namespace FastEndpoints;

/// <summary>Delegates in the place of reflection, made once a type.</summary>
internal static class CompiledMembers
{
    /// <summary>The properties that binding and injection may set: public both ways, no indexers, not ignored.</summary>
    public static PropertyInfo[] SettableProperties(Type type)
        => [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.FlattenHierarchy)
            .Where(p => p.GetIndexParameters().Length == 0
                        && p.GetSetMethod() is not null
                        && p.GetGetMethod() is not null
                        && p.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition != JsonIgnoreCondition.Always
                        && !p.IsDefined(typeof(DontInjectAttribute)))];

    /// <summary>Calls the shortest public constructor with the defaults of its parameters: that is how positional records come to be.</summary>
    public static Func<object> Factory(Type type)
    {
        if (type == typeof(EmptyRequest))
            return () => EmptyRequest.Instance;
        if (type.IsValueType)
            return Expression.Lambda<Func<object>>(Expression.Convert(Expression.New(type), typeof(object))).Compile();

        var constructor = type.GetConstructors().MinBy(c => c.GetParameters().Length)
            ?? throw new NotSupportedException($"A request needs a public constructor: [{type.FullName}]");
        var arguments = constructor.GetParameters().Select(Default);
        return Expression.Lambda<Func<object>>(Expression.New(constructor, arguments)).Compile();

        static Expression Default(ParameterInfo parameter)
            => parameter is { HasDefaultValue: true, DefaultValue: { } value }
                ? Expression.Convert(Expression.Constant(value), parameter.ParameterType)
                : Expression.Default(parameter.ParameterType);
    }

    public static Action<object, object?> Setter(PropertyInfo property)
    {
        var target = Expression.Parameter(typeof(object));
        var value = Expression.Parameter(typeof(object));
        var owner = property.DeclaringType!;
        var typed = owner.IsValueType ? Expression.Unbox(target, owner) : Expression.Convert(target, owner);
        var assign = Expression.Assign(Expression.Property(typed, property), Expression.Convert(value, property.PropertyType));
        return Expression.Lambda<Action<object, object?>>(assign, target, value).Compile();
    }
}
