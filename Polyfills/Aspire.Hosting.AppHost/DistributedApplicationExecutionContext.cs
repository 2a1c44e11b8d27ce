namespace Aspire.Hosting;

/// <summary>What is being done with the application.</summary>
public sealed class DistributedApplicationExecutionContext(DistributedApplicationOperation operation)
{
    private IServiceProvider? _services;

    public DistributedApplicationOperation Operation { get; } = operation;

    public bool IsPublishMode => Operation == DistributedApplicationOperation.Publish;

    public bool IsRunMode => Operation == DistributedApplicationOperation.Run;

    /// <summary>The services of the built application.</summary>
    public IServiceProvider ServiceProvider
    {
        get => _services ?? throw new InvalidOperationException("IServiceProvider is not available because the application has not been built.");
        internal set => _services = value;
    }
}

/// <summary>Run the application here, or publish it.</summary>
public enum DistributedApplicationOperation
{
    Run,
    Publish,
}
