namespace FastEndpoints;

/// <summary>Marks a method that an endpoint has to override.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class NotImplementedAttribute : Attribute;
