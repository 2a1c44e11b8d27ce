using System.Linq.Expressions;

namespace FastEndpoints;

/// <summary>The path of a property that an expression points to: <c>Items[0].Name</c>.</summary>
internal static class PropertyPath
{
    public static string Of(Expression expression) => expression switch
    {
        MemberExpression { Expression: null or ParameterExpression } member => member.Member.Name,
        MemberExpression member => $"{Of(member.Expression!)}.{member.Member.Name}",
        UnaryExpression unary => Of(unary.Operand),
        BinaryExpression { NodeType: ExpressionType.ArrayIndex } index => $"{Of(index.Left)}[{Value(index.Right)}]",
        MethodCallExpression { Object: { } owner, Method.Name: "get_Item", Arguments: [var key] } => $"{Of(owner)}[{Value(key)}]",
        _ => throw new NotSupportedException($"[{expression}] does not point to a property."),
    };

    private static string? Value(Expression expression)
    {
        var value = expression is ConstantExpression constant
            ? constant.Value
            : Expression.Lambda(expression).Compile(preferInterpretation: true).DynamicInvoke();
        return value is string text ? $"\"{text}\"" : value?.ToString();
    }
}
