namespace FastEndpoints;

/// <summary>A claim of the caller sets this property.</summary>
[AttributeUsage(AttributeTargets.Property)]
public class FromClaimAttribute : NonJsonBindingAttribute
{
    /// <summary>The claim type is the property's name.</summary>
    /// <param name="isRequired">Whether its absence is a validation failure.</param>
    /// <param name="removeFromSchema">Whether the property stays out of the described schema.</param>
    public FromClaimAttribute(bool isRequired, bool removeFromSchema = false)
        : this(null, isRequired, removeFromSchema)
    {
    }

    /// <summary>The claim has this type.</summary>
    /// <param name="claimType">The claim type; the property's name when null.</param>
    /// <param name="isRequired">Whether its absence is a validation failure.</param>
    /// <param name="removeFromSchema">Whether the property stays out of the described schema.</param>
    public FromClaimAttribute(string? claimType = null, bool isRequired = true, bool removeFromSchema = false)
    {
        ClaimType = claimType;
        IsRequired = isRequired;
        RemoveFromSchema = removeFromSchema;
    }

    /// <summary>The claim type; the property's name when null.</summary>
    public string? ClaimType { get; set; }

    /// <summary>Whether its absence is a validation failure. When not, form, route and query may set the property too.</summary>
    public bool IsRequired { get; set; }

    /// <summary>Whether the property stays out of the described schema.</summary>
    public bool RemoveFromSchema { get; set; }
}
