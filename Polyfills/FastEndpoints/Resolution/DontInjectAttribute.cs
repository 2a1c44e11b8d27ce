namespace FastEndpoints;

/// <summary>Keeps a public settable property of an endpoint from being filled from the services.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DontInjectAttribute : Attribute;
