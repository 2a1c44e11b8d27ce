using System.Text.RegularExpressions;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The base of all resources.</summary>
public abstract partial class Resource : IResource
{
    /// <exception cref="ArgumentException">The name is not 1 to 64 letters, digits and single dashes that begin with a letter.</exception>
    protected Resource(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Length > 64 || !ValidName().IsMatch(name))
            throw new ArgumentException(
                $"Resource name '{name}' is invalid: at most 64 ASCII letters, digits and single dashes, beginning with a letter.", nameof(name));
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public virtual ResourceAnnotationCollection Annotations { get; } = [];

    [GeneratedRegex("^[A-Za-z](-?[A-Za-z0-9])*$")]
    private static partial Regex ValidName();
}
