namespace FastEndpoints;

/// <summary>Of form, route and query, only the route sets this property.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RouteParamAttribute() : DontBindAttribute(Source.QueryParam | Source.FormField);
