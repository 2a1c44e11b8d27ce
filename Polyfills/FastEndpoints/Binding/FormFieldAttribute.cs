namespace FastEndpoints;

/// <summary>Of form, route and query, only the form sets this property.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FormFieldAttribute() : DontBindAttribute(Source.QueryParam | Source.RouteParam);
