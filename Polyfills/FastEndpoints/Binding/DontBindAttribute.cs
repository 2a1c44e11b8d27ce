namespace FastEndpoints;

/// <summary>Closes sources for a property.</summary>
/// <param name="sources">The sources that may not set it.</param>
[AttributeUsage(AttributeTargets.Property)]
public class DontBindAttribute(Source sources) : NonJsonBindingAttribute
{
    /// <summary>The sources that may not set it.</summary>
    public Source BindingSources { get; set; } = sources;

    /// <summary>Whether a request without a value is a validation failure.</summary>
    public bool IsRequired { get; set; }
}
