using System.Reflection;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Run;

/// <summary>Says what to start for an instance: the built program of a project, or a local server.</summary>
internal sealed class LaunchFactory(LocalRun run, DistributedApplicationOptions options, DistributedApplicationExecutionContext executionContext)
{
    // ours alone: an address or a profile of the app host must not become that of a process
    private static readonly string[] NotInherited = ["ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "DOTNET_LAUNCH_PROFILE", "DOTNET_HOSTBUILDER__RELOADCONFIGONCHANGE"];

    public async Task<ProcessLaunch> PrepareAsync(ResourceInstance instance, CancellationToken cancellationToken)
    {
        foreach (var (endpoint, port) in instance.Ports)
        {
            if (!PortBook.IsFree(port))
                throw new DistributedApplicationException($"Port {port}, for the endpoint '{endpoint.Name}' of '{instance.Id}', is taken by another program.");
        }

        return instance.Resource switch
        {
            _ when instance.Resource.TryGetLastAnnotation<LocalServer>(out var server) => await ServerAsync(instance, server, cancellationToken),
            ProjectResource project => await ProjectAsync(instance, project, cancellationToken),
            _ => throw new DistributedApplicationException($"'{instance.Id}' cannot run here: it is no project, and no server that can run without a container engine."),
        };
    }

    private async Task<ProcessLaunch> ServerAsync(ResourceInstance instance, LocalServer server, CancellationToken cancellationToken)
    {
        var program = server.FindProgram() ?? throw MissingServers([instance.Resource]);
        var account = Account.For(server.SystemUser);
        var folder = Path.Combine(run.Folder, instance.Id);
        await account.CreateFolderAsync(folder, cancellationToken);
        return await server.PrepareAsync(new LocalServerContext(program, folder, account, run.Ports, run.IsTemporary), cancellationToken);
    }

    private async Task<ProcessLaunch> ProjectAsync(ResourceInstance instance, ProjectResource project, CancellationToken cancellationToken)
    {
        var projectPath = project.Annotations.OfType<IProjectMetadata>().Last().ProjectPath;
        var output = OutputOf(projectPath);
        var environment = Inherited();
        foreach (var (name, value) in await ValuesAsync(instance, cancellationToken))
            environment[name] = value;
        var arguments = await ArgumentsAsync(instance, cancellationToken);
        return new ProcessLaunch(Account.Self, "dotnet", ["exec", output, .. arguments], environment, Path.GetDirectoryName(projectPath)!) { MayFinish = true };
    }

    /// <summary>What the build of the app host noted; for a project added by its path, where such a build puts it.</summary>
    private string OutputOf(string projectPath)
    {
        var noted = options.Assembly?.GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(note => note.Key == $"AspireProjectOutput:{projectPath}")?.Value;
        var configuration = options.Assembly?.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "Debug";
        var output = noted ?? Path.Combine(
            Path.GetDirectoryName(projectPath)!, "bin", configuration, $"net{Environment.Version.Major}.0", Path.GetFileNameWithoutExtension(projectPath) + ".dll");
        return File.Exists(output) ? output : throw new DistributedApplicationException($"{output} is not there: build the app host first.");
    }

    public static async Task<Dictionary<string, object>> VariablesAsync(
        IResource resource, DistributedApplicationExecutionContext executionContext, CancellationToken cancellationToken)
    {
        var context = new EnvironmentCallbackContext(executionContext, resource, cancellationToken: cancellationToken);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
            await annotation.Callback(context);
        return context.EnvironmentVariables;
    }

    private async Task<Dictionary<string, string>> ValuesAsync(ResourceInstance instance, CancellationToken cancellationToken)
    {
        var values = new Dictionary<string, string>();
        foreach (var (name, value) in await VariablesAsync(instance.Resource, executionContext, cancellationToken))
            values[name] = await ValueAsync(instance, value, cancellationToken) ?? "";
        return values;
    }

    private async Task<string[]> ArgumentsAsync(ResourceInstance instance, CancellationToken cancellationToken)
    {
        var context = new CommandLineArgsCallbackContext([], executionContext);
        foreach (var annotation in instance.Resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
            await annotation.Callback(context);
        var arguments = new List<string>();
        foreach (var value in context.Args)
            arguments.Add(await ValueAsync(instance, value, cancellationToken) ?? "");
        return [.. arguments];
    }

    private static async ValueTask<string?> ValueAsync(ResourceInstance instance, object value, CancellationToken cancellationToken)
    {
        var text = value is IValueProvider provider ? await provider.GetValueAsync(cancellationToken) : value.ToString();
        return text is null ? null : ReplicaPlaceholders.Replace(text, instance.Id, instance.Ports);
    }

    private static Dictionary<string, string> Inherited()
    {
        var environment = new Dictionary<string, string>();
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (!NotInherited.Contains(name) && !name.StartsWith("ASPIRE_", StringComparison.Ordinal))
                environment[name] = (string?)variable.Value ?? "";
        }

        return environment;
    }

    /// <summary>One message for all that is missing, with the command that brings it.</summary>
    public static DistributedApplicationException MissingServers(IEnumerable<IResource> resources)
    {
        var missing = resources.Select(resource => (resource.Name, Package: resource.Annotations.OfType<LocalServer>().Last().DebianPackage)).ToArray();
        return new DistributedApplicationException(
            $"The server for {string.Join(" and ", missing.Select(server => $"'{server.Name}' (Debian package {server.Package})"))} is not installed. "
            + $"Install it, and start again: apt-get install {string.Join(' ', missing.Select(server => server.Package).Distinct())}");
    }
}
