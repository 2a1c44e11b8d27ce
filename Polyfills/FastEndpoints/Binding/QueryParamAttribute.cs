namespace FastEndpoints;

/// <summary>Of form, route and query, only the query sets this property.</summary>
[AttributeUsage(AttributeTargets.Property)]
public class QueryParamAttribute() : DontBindAttribute(Source.RouteParam | Source.FormField);
