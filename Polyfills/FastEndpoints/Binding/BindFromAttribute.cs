namespace FastEndpoints;

/// <summary>Names the route parameter, query parameter or form field of a property, where it is not the property's own name.</summary>
/// <param name="name">The incoming name.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BindFromAttribute(string name) : Attribute
{
    /// <summary>The incoming name.</summary>
    public string Name { get; set; } = name;
}
