namespace Aspire.Hosting.Testing;

/// <summary>The application as Main described it, before it is built: a test can still change it.</summary>
public interface IDistributedApplicationTestingBuilder : IDistributedApplicationBuilder, IAsyncDisposable, IDisposable
{
    /// <summary>Lets Main build the application. Disposing the application stops it.</summary>
    Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);
}
