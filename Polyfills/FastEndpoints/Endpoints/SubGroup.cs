namespace FastEndpoints;

/// <summary>A group within another.</summary>
/// <typeparam name="TParent">The outer group.</typeparam>
public abstract class SubGroup<TParent> : Group
    where TParent : Group, new()
{
    /// <inheritdoc />
    protected sealed override void Configure(string routePrefix, Action<EndpointDefinition> ep)
    {
        base.Configure(routePrefix, ep);
        Apply += new TParent().Apply;
    }
}
