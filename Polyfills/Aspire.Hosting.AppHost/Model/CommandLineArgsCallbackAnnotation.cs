namespace Aspire.Hosting.ApplicationModel;

/// <summary>Adds command-line arguments to a resource.</summary>
public sealed class CommandLineArgsCallbackAnnotation(Func<CommandLineArgsCallbackContext, Task> callback) : IResourceAnnotation
{
    public Func<CommandLineArgsCallbackContext, Task> Callback { get; } = callback;
}

/// <summary>The arguments of a resource while they are gathered.</summary>
public sealed class CommandLineArgsCallbackContext(IList<object> args, DistributedApplicationExecutionContext executionContext)
{
    /// <summary>Strings, or what gives one when the application runs.</summary>
    public IList<object> Args { get; } = args;

    public DistributedApplicationExecutionContext ExecutionContext { get; } = executionContext;
}
