using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>Runs an app host's Main on a thread of its own, and stops it where the test wants to take part.</summary>
internal sealed class EntryPointRunner(
    Assembly assembly, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configure)
{
    private readonly TaskCompletionSource<DistributedApplicationBuilder> _builder = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DistributedApplication> _application = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _mayBuild = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EntryPointHook? _hook;

    public Task<DistributedApplicationBuilder> RunToBuildAsync(CancellationToken cancellationToken)
    {
        _hook = new EntryPointHook
        {
            Constructing = Configure,
            Building = builder =>
            {
                _builder.TrySetResult(builder);
                _mayBuild.Task.GetAwaiter().GetResult();
            },
            Built = application => _application.TrySetResult(application),
        };
        new Thread(RunMain) { IsBackground = true, Name = $"{assembly.GetName().Name} Main" }.Start();
        return _builder.Task.WaitAsync(cancellationToken);
    }

    public Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken)
    {
        _mayBuild.TrySetResult();
        return _application.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Lets Main go to its end.</summary>
    public async Task EndAsync()
    {
        _mayBuild.TrySetException(new OperationCanceledException("The application was disposed before it was built."));
        _hook?.LetMainReturn();
        await _ended.Task;
    }

    private void RunMain()
    {
        try
        {
            EntryPointHook.Current = _hook;
            var main = assembly.EntryPoint ?? throw new InvalidOperationException($"Assembly {assembly} does not have an entry point.");
            main.Invoke(null, main.GetParameters().Length == 0 ? [] : [args]);
            Fail(new InvalidOperationException("The entry point exited without building a DistributedApplication."));
        }
        catch (TargetInvocationException exception)
        {
            Fail(exception.InnerException ?? exception);
        }
        catch (InvalidOperationException exception)
        {
            Fail(exception);
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    private void Fail(Exception exception)
    {
        _builder.TrySetException(exception);
        _application.TrySetException(exception);
    }

    private void Configure(DistributedApplicationOptions options, HostApplicationBuilderSettings settings)
    {
        options.AssemblyName = assembly.GetName().Name;
        options.DisableDashboard = true;
        options.EnableResourceLogging = true;
        options.Args = settings.Args = [.. settings.Args ?? [], .. args];
        settings.ApplicationName = assembly.GetName().Name;
        settings.ContentRootPath = options.ProjectDirectory;
        settings.Configuration ??= new ConfigurationManager();
        AddLaunchProfile(settings, settings.Configuration);
        // as a source: a value that is only set gets lost when the host builder sets its base path and all sources are read again
        settings.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["DcpPublisher:RandomizePorts"] = "true" });
        configure(options, settings);
    }

    /// <summary>What <c>dotnet run</c> would put into the environment, as configuration.</summary>
    private static void AddLaunchProfile(HostApplicationBuilderSettings settings, ConfigurationManager configuration)
    {
        if (settings.ContentRootPath is null || LaunchProfile.Of(Path.Combine(settings.ContentRootPath, "AppHost.csproj"), null) is not { } profile) return;
        configuration.AddInMemoryCollection(profile.EnvironmentVariables
            .Where(variable => configuration[variable.Key] is null)
            .Select(variable => KeyValuePair.Create(variable.Key, (string?)variable.Value)));
        settings.EnvironmentName ??= profile.EnvironmentVariables.GetValueOrDefault("DOTNET_ENVIRONMENT")
            ?? profile.EnvironmentVariables.GetValueOrDefault("ASPNETCORE_ENVIRONMENT");
    }
}
