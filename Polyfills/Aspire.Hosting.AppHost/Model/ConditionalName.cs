using System.Text;
using System.Text.RegularExpressions;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The name of a choice in the manifest: the condition, and a hash of all that makes up the choice.</summary>
internal static partial class ConditionalName
{
    public static string Of(IValueProvider condition, string matchValue, ReferenceExpression whenTrue, ReferenceExpression whenFalse)
    {
        var expression = condition is IManifestExpressionProvider named ? named.ValueExpression : condition.GetType().Name;
        var hash = XxHash32.Of(Encoding.UTF8.GetBytes(expression + whenTrue.ValueExpression + whenFalse.ValueExpression + matchValue));
        return $"cond-{Separators().Replace(expression, "-").Trim('-').ToLowerInvariant()}-{hash:x8}";
    }

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex Separators();
}
