using System.Text.Json;
using FluentValidation.Results;
using Microsoft.Extensions.Primitives;

namespace FastEndpoints;

/// <summary>How requests are read.</summary>
public sealed class BindingOptions
{
    /// <summary>Whether names of properties go through the JSON naming policy before they are matched outside JSON. Default false.</summary>
    public bool UsePropertyNamingPolicy { get; set; }

    /// <summary>Whether an empty value (<c>?page=</c>) gives a nullable property its type's default; else it is null. Default true.</summary>
    public bool UseDefaultValuesForNullableProps { get; set; } = true;

    /// <summary>The message for a value that can't be a property's type: takes the type, the incoming name and the value.</summary>
    public Func<Type, string, StringValues, string> FailureMessage { internal get; set; }
        = (type, _, value) => $"Value [{value}] is not valid for a [{ValueParsers.Underlying(type).Name}] property!";

    /// <summary>Makes the validation failure of JSON that can't be read; null lets the exception through.</summary>
    public Func<JsonException, ValidationFailure>? JsonExceptionTransformer { internal get; set; } = DescribeJsonFailure;

    /// <summary>The status of such an answer. Default 400.</summary>
    public int JsonExceptionStatusCode { internal get; set; } = 400;

    /// <summary>Runs after each binding: takes the request, its type and the binder's context.</summary>
    public Action<object, Type, BinderContext, CancellationToken>? Modifier { internal get; set; }

    /// <summary>Whether numbers without a name are enum values outside JSON. Default false.</summary>
    public bool AllowUndefinedEnumValues { internal get; set; }

    /// <summary>Reads a type by this function outside JSON.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="parser">From the values of one name to a result.</param>
    public void ValueParserFor<T>(Func<StringValues, ParseResult> parser) => ValueParsers.Set(typeof(T), parser);

    /// <summary>Reads a type by this function outside JSON.</summary>
    /// <param name="type">The type.</param>
    /// <param name="parser">From the values of one name to a result.</param>
    public void ValueParserFor(Type type, Func<StringValues, ParseResult> parser) => ValueParsers.Set(type, parser);

    private static ValidationFailure DescribeJsonFailure(JsonException e)
    {
        var bound = e as JsonBindException;
        var isWhole = e.Path is null or "$" || e.Path.StartsWith("$[", StringComparison.Ordinal);
        return new(
            isWhole ? bound?.FieldName ?? Settings.Serializer.SerializerErrorsField : e.Path![2..],
            bound?.FailureMessage ?? e.InnerException?.Message ?? e.Message);
    }
}
