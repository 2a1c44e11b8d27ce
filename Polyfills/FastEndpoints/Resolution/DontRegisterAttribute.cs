namespace FastEndpoints;

/// <summary>Keeps an endpoint or validator from being discovered.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class DontRegisterAttribute : Attribute;
