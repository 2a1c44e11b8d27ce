using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Publishing;

/// <summary>What the expressions of a manifest speak of, and what therefore needs an entry of its own.</summary>
internal sealed class ManifestReferences
{
    private readonly Dictionary<string, IResource> _resources = [];
    private readonly Dictionary<string, ReferenceExpression> _choices = [];
    private readonly Dictionary<ParameterResource, Dictionary<string, string>> _encodings = [];

    /// <summary>The resources that were referred to, in that order.</summary>
    public IEnumerable<IResource> Resources => _resources.Values;

    /// <summary>The choices between two values, by their names.</summary>
    public IReadOnlyDictionary<string, ReferenceExpression> Choices => _choices;

    /// <summary>How the parameter's value is needed other than as it is: names by format.</summary>
    public IReadOnlyDictionary<string, string> EncodingsOf(ParameterResource parameter) =>
        _encodings.TryGetValue(parameter, out var encodings) ? encodings : new Dictionary<string, string>();

    /// <summary>How the manifest writes a value; remembers what the value refers to.</summary>
    public string ExpressionOf(object value)
    {
        Remember(value);
        return value switch
        {
            ReferenceExpression expression => ExpressionOf(expression),
            IManifestExpressionProvider provider => provider.ValueExpression,
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
    }

    private string ExpressionOf(ReferenceExpression expression)
    {
        if (expression.IsConditional) return expression.ValueExpression;
        var holes = expression.ManifestExpressions.Select((hole, i) =>
            EncodedName(expression.ValueProviders[i], expression.StringFormats[i]) is { } name ? $"{{{name}.value}}" : hole);
        return string.Format(CultureInfo.InvariantCulture, expression.Format, [.. holes]);
    }

    private string? EncodedName(IValueProvider provider, string? format)
    {
        if (string.IsNullOrEmpty(format) || provider is not ParameterResource parameter) return null;
        if (!_encodings.TryGetValue(parameter, out var encodings)) _encodings[parameter] = encodings = [];
        return encodings.TryGetValue(format, out var name) ? name : encodings[format] = $"{parameter.Name}-{format}-encoded";
    }

    private void Remember(object? value)
    {
        switch (value)
        {
            case ReferenceExpression { IsConditional: true } choice:
                _choices.TryAdd(choice.Name!, choice);
                break;
            case ReferenceExpression expression:
                for (var i = 0; i < expression.ValueProviders.Count; i++)
                    _ = EncodedName(expression.ValueProviders[i], expression.StringFormats[i]);
                break;
            case IResource resource:
                // what it refers to is remembered when it is written itself
                _resources.TryAdd(resource.Name, resource);
                return;
            default:
                break;
        }

        if (value is not IValueWithReferences references) return;
        foreach (var reference in references.References)
            Remember(reference);
    }
}
