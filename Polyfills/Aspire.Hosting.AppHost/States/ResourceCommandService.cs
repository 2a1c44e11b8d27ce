using Aspire.Hosting.Run;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Starts, stops and restarts resources: <see cref="KnownResourceCommands"/>.</summary>
public class ResourceCommandService(IServiceProvider services)
{
    /// <summary>Carries out a command on a resource by its name, that is on all its replicas, or on one replica by its id.</summary>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, CancellationToken cancellationToken = default)
    {
        var instances = services.GetRequiredService<ApplicationRunner>().Find(resourceId);
        return instances.Count == 0
            ? CommandResults.Failure($"Resource '{resourceId}' not found.")
            : await ExecuteAsync(instances, commandName, cancellationToken);
    }

    /// <summary>Carries out a command on a resource, that is on all its replicas.</summary>
    public Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName, CancellationToken cancellationToken = default) =>
        ExecuteCommandAsync(resource.Name, commandName, cancellationToken);

    private static async Task<ExecuteCommandResult> ExecuteAsync(
        IReadOnlyList<ResourceInstance> instances, string commandName, CancellationToken cancellationToken)
    {
        var results = await Task.WhenAll(instances.Select(instance => instance.ExecuteAsync(commandName, cancellationToken)));
        return results.FirstOrDefault(result => !result.Success) ?? CommandResults.Success();
    }
}
