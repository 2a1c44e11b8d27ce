using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using Microsoft.Extensions.Primitives;

namespace FastEndpoints;

/// <summary>From the text of a route, query, form, header or claim value to a value of a type; one parser a type.</summary>
internal static class ValueParsers
{
    private static readonly ConcurrentDictionary<Type, Func<StringValues, ParseResult>> Parsers = new();

    public static Func<StringValues, ParseResult> For(Type type) => Parsers.GetOrAdd(Underlying(type), Create);

    public static void Set(Type type, Func<StringValues, ParseResult> parser) => Parsers[Underlying(type)] = parser;

    public static Type Underlying(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private static Func<StringValues, ParseResult> Create(Type type)
    {
        if (type == typeof(string) || type == typeof(StringSegment))
            return static input => new(true, input.ToString());
        if (type.IsEnum)
            return input => ParseEnum(type, input);
        if (type == typeof(Uri))
            return static input => new(Uri.TryCreate(input, UriKind.Absolute, out var uri), uri);
        if (type == typeof(byte[]))
            return ParseBase64;
        if (FindTryParse(type) is { } tryParse)
            return CompileTryParse(type, tryParse);

        return IsCollection(type)
            ? input => JsonValues.ParseCollection(input, type)
            : input => JsonValues.ParseObject(input, type);
    }

    private static bool IsCollection(Type type) => type.IsAssignableTo(typeof(IEnumerable)) && !type.IsAssignableTo(typeof(IDictionary));

    private static ParseResult ParseEnum(Type type, StringValues input)
        => new(
            Enum.TryParse(type, input, ignoreCase: true, out var value)
            && (Settings.Binding.AllowUndefinedEnumValues || Enum.IsDefined(type, value)),
            value);

    private static ParseResult ParseBase64(StringValues input)
    {
        if (input.Count == 0 || input[0] is not { } text)
            return new(false, null);

        var bytes = new byte[(text.Length / 4 + 1) * 3];
        return Convert.TryFromBase64String(text, bytes, out var length) ? new(true, bytes[..length]) : new(false, null);
    }

    private static MethodInfo? FindTryParse(Type type)
    {
        const BindingFlags PublicStatic = BindingFlags.Public | BindingFlags.Static;
        var method = type.GetMethod("TryParse", PublicStatic, [typeof(string), type.MakeByRefType()])
            ?? type.GetMethod("TryParse", PublicStatic, [typeof(string), typeof(IFormatProvider), type.MakeByRefType()]);
        return method?.ReturnType == typeof(bool) ? method : null;
    }

    private static Func<StringValues, ParseResult> CompileTryParse(Type type, MethodInfo tryParse)
    {
        var input = Expression.Parameter(typeof(StringValues));
        var value = Expression.Variable(type);
        Expression text = Expression.Convert(input, typeof(string));
        Expression[] arguments = tryParse.GetParameters().Length == 2
            ? [text, value]
            : [text, Expression.Constant(CultureInfo.InvariantCulture, typeof(IFormatProvider)), value];
        var result = Expression.New(
            typeof(ParseResult).GetConstructor([typeof(bool), typeof(object)])!,
            Expression.Call(tryParse, arguments),
            Expression.Convert(value, typeof(object)));
        return Expression.Lambda<Func<StringValues, ParseResult>>(Expression.Block([value], result), input).Compile();
    }
}
