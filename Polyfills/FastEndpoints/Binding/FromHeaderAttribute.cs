namespace FastEndpoints;

/// <summary>A request header sets this property.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FromHeaderAttribute : NonJsonBindingAttribute
{
    /// <summary>The header has the property's name.</summary>
    /// <param name="isRequired">Whether its absence is a validation failure.</param>
    /// <param name="removeFromSchema">Whether the property stays out of the described schema.</param>
    public FromHeaderAttribute(bool isRequired, bool removeFromSchema = false)
        : this(null, isRequired, removeFromSchema)
    {
    }

    /// <summary>The header has this name.</summary>
    /// <param name="headerName">The header; the property's name when null.</param>
    /// <param name="isRequired">Whether its absence is a validation failure.</param>
    /// <param name="removeFromSchema">Whether the property stays out of the described schema.</param>
    public FromHeaderAttribute(string? headerName = null, bool isRequired = true, bool removeFromSchema = false)
    {
        HeaderName = headerName;
        IsRequired = isRequired;
        RemoveFromSchema = removeFromSchema;
    }

    /// <summary>The header; the property's name when null.</summary>
    public string? HeaderName { get; set; }

    /// <summary>Whether its absence is a validation failure. When not, form, route and query may set the property too.</summary>
    public bool IsRequired { get; set; }

    /// <summary>Whether the property stays out of the described schema.</summary>
    public bool RemoveFromSchema { get; set; }
}
