namespace FastEndpoints;

/// <summary>The whole JSON body becomes this property, and nothing else sets it. One a request type.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FromBodyAttribute : Attribute;
