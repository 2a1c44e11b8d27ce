namespace FastEndpoints;

/// <summary>Fills a property of an endpoint with the service of a key.</summary>
/// <param name="keyName">The key.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class KeyedServiceAttribute(string keyName) : Attribute
{
    /// <summary>The key.</summary>
    public string Key { get; } = keyName;
}
