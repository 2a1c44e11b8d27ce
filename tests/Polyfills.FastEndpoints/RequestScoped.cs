namespace Switchboard.Polyfills.FastEndpoints.Tests;

/// <summary>Something to inject that lives as long as a request.</summary>
internal sealed class RequestScoped
{
    public Guid Id { get; } = Guid.CreateVersion7();
}
