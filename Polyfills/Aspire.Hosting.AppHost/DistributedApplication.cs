using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Run;
using Aspire.Hosting.Terminal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>An application that was described, to be run or published.</summary>
public class DistributedApplication : IHost, IAsyncDisposable
{
    private readonly IHost _host;
    private readonly CommandLine _commandLine;
    private readonly EntryPointHook? _hook;

    internal DistributedApplication(IHost host, CommandLine commandLine, EntryPointHook? hook)
    {
        _host = host;
        _commandLine = commandLine;
        _hook = hook;
    }

    /// <summary>Another face of an application: in tests.</summary>
    internal DistributedApplication(DistributedApplication inner) : this(inner._host, inner._commandLine, inner._hook)
    {
    }

    public IServiceProvider Services => _host.Services;

    /// <summary>The states of the resources.</summary>
    public ResourceNotificationService ResourceNotifications => Services.GetRequiredService<ResourceNotificationService>();

    /// <summary>Starts, stops and restarts resources.</summary>
    public ResourceCommandService ResourceCommands => Services.GetRequiredService<ResourceCommandService>();

    public static IDistributedApplicationBuilder CreateBuilder() => CreateBuilder([]);

    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => new DistributedApplicationBuilder(args);

    public static IDistributedApplicationBuilder CreateBuilder(DistributedApplicationOptions options) => new DistributedApplicationBuilder(options);

    /// <summary>Starts the resources; returns when each of them is on its way.</summary>
    public virtual Task StartAsync(CancellationToken cancellationToken = default) => _host.StartAsync(cancellationToken);

    /// <summary>Stops the resources, those that depend on others first.</summary>
    public virtual Task StopAsync(CancellationToken cancellationToken = default) => _host.StopAsync(cancellationToken);

    /// <summary>Runs the application until it is asked to stop.</summary>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <inheritdoc cref="Run"/>
    public virtual async Task RunAsync(CancellationToken cancellationToken = default)
    {
        if (_hook is not null)
        {
            // a test starts and stops the application itself; its Main just stays where it is
            await _hook.Stopped.WaitAsync(cancellationToken);
            return;
        }

        try
        {
            if (_commandLine.ResourceCommand is { } command)
                Environment.ExitCode = await Services.GetRequiredService<ControlClient>().SendAsync(command, cancellationToken);
            else
                await _host.RunAsync(cancellationToken);
        }
        catch (DistributedApplicationException exception)
        {
            // the message says what is wrong and what helps; the place in the code would not
            await Console.Error.WriteLineAsync(exception.Message);
            Environment.ExitCode = 1;
        }
    }

    public virtual void Dispose()
    {
        _host.Dispose();
        GC.SuppressFinalize(this);
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable host)
            await host.DisposeAsync();
        else
            _host.Dispose();
        GC.SuppressFinalize(this);
    }
}
