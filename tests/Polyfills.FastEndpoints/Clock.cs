namespace Switchboard.Polyfills.FastEndpoints.Tests;

/// <summary>Something to inject.</summary>
internal sealed class Clock(string name)
{
    public Clock()
        : this("first")
    {
    }

    public string Name { get; } = name;
}
