namespace Microsoft.Extensions.Http.Resilience;

/// <summary>One pipeline: how it is built (the name), and which of those built so (the instance).</summary>
internal readonly record struct HttpKey(string Name, string InstanceName)
{
    public static readonly IEqualityComparer<HttpKey> ByName =
        EqualityComparer<HttpKey>.Create((a, b) => a.Name == b.Name, k => k.Name.GetHashCode(StringComparison.Ordinal));
}
