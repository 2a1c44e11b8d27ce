using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Run;

/// <summary>One process of a resource: waits for what it needs, runs, and stays dead when it dies until somebody starts it.</summary>
internal sealed class ResourceInstance(
    IResource resource, string id, IReadOnlyDictionary<EndpointAnnotation, int> ports, IReadOnlyList<IResource> children, InstanceFactory tools) : IDisposable
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(8);

    private readonly SemaphoreSlim _commands = new(1, 1);
    private CancellationTokenSource _stopping = new();
    private SupervisedProcess? _process;
    private Task _run = Task.CompletedTask;

    public IResource Resource => resource;

    public string Id => id;

    public IReadOnlyDictionary<EndpointAnnotation, int> Ports => ports;

    /// <summary>Carries out a command; one at a time.</summary>
    public async Task<ExecuteCommandResult> ExecuteAsync(string command, CancellationToken cancellationToken)
    {
        await _commands.WaitAsync(cancellationToken);
        try
        {
            var isRunning = !_run.IsCompleted;
            if (command == KnownResourceCommands.StartCommand && isRunning) return CommandResults.Failure($"'{id}' runs already.");
            if (command == KnownResourceCommands.StopCommand && !isRunning) return CommandResults.Failure($"'{id}' does not run.");
            if (command != KnownResourceCommands.StartCommand && command != KnownResourceCommands.StopCommand && command != KnownResourceCommands.RestartCommand)
                return CommandResults.Failure($"Command '{command}' not available for resource '{id}'.");

            if (isRunning) await EndAsync(StopGrace);
            if (command == KnownResourceCommands.StopCommand) return CommandResults.Success();

            Begin();
            var reached = await tools.Notifications.WaitForResourceAsync(
                resource.Name, e => e.ResourceId == id && e.Snapshot.State?.Text != KnownResourceStates.Starting, cancellationToken);
            return reached.Snapshot.State?.Text == KnownResourceStates.FailedToStart
                ? CommandResults.Failure($"'{id}' failed to start.")
                : CommandResults.Success();
        }
        finally
        {
            _commands.Release();
        }
    }

    /// <summary>Starts it for the first time.</summary>
    public void Begin()
    {
        _stopping.Dispose();
        _stopping = new CancellationTokenSource();
        Publish(state => state with
        {
            State = KnownResourceStates.Starting,
            CreationTimeStamp = state.CreationTimeStamp ?? Now,
            StartTimeStamp = null,
            StopTimeStamp = null,
            ExitCode = null,
        });
        _run = RunAsync(_stopping.Token);
    }

    /// <summary>Ends it for good.</summary>
    public async Task EndAsync(TimeSpan grace)
    {
        if (_run.IsCompleted) return;
        Publish(state => state with { State = KnownResourceStates.Stopping });
        await _stopping.CancelAsync();
        if (_process is { } process) await process.StopAsync(grace, tools.Time);
        await _run;
    }

    public void Dispose()
    {
        _commands.Dispose();
        _stopping.Dispose();
    }

    private DateTime Now => tools.Time.GetUtcNow().UtcDateTime;

    private async Task RunAsync(CancellationToken stopping)
    {
        await Task.Yield();
        try
        {
            await new DependencyWaiter(tools.Notifications).WaitAsync(resource, id, stopping);
            await tools.Eventing.PublishAsync(new BeforeResourceStartedEvent(resource, tools.Services), stopping);
            var launch = await tools.Launches.PrepareAsync(this, stopping);
            _process = SupervisedProcess.Start(launch, tools.Guardian, (line, isError) => tools.Loggers.Write(id, line, isError));
            using var exited = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            PublishRunning(launch, exited.Token);
            if (stopping.IsCancellationRequested) _ = _process.StopAsync(StopGrace, tools.Time);

            var exitCode = await _process.Exited;
            await exited.CancelAsync();
            PublishEnd(exitCode, isFinished: exitCode == 0 && launch.MayFinish, wasAsked: stopping.IsCancellationRequested);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Publish(state => state with { State = KnownResourceStates.Exited, StopTimeStamp = Now });
        }
        catch (Exception exception)
        {
            var logger = tools.Loggers.GetLogger(id);
            if (exception is DistributedApplicationException) ResourceLog.FailedToStart(logger, exception.Message);
            else ResourceLog.FailedToStart(logger, exception);
            Publish(state => state with { State = KnownResourceStates.FailedToStart, StopTimeStamp = Now });
        }
        finally
        {
            _process = null;
        }
    }

    private void PublishRunning(ProcessLaunch launch, CancellationToken exited)
    {
        ImmutableArray<ResourcePropertySnapshot> properties =
        [
            new(KnownProperties.ExecutablePath, launch.Program),
            new(KnownProperties.ExecutablePid, _process!.Id),
            .. resource.Annotations.OfType<IProjectMetadata>().Select(project => new ResourcePropertySnapshot(KnownProperties.ProjectPath, project.ProjectPath)),
        ];
        foreach (var (shown, shownId) in Shown())
        {
            tools.Notifications.PublishUpdateAsync(shown, shownId, state => state with
            {
                State = KnownResourceStates.Running,
                StartTimeStamp = Now,
                StopTimeStamp = null,
                ExitCode = null,
                HealthReports = HealthMonitor.NotYet(shown),
                ResourceReadyEvent = null,
                Urls = [.. shown.Annotations.OfType<EndpointAnnotation>().Select(e => new UrlSnapshot(e.Name, e.AllocatedEndpoint!.UriString, false))],
                Properties = shown == resource ? properties : state.Properties,
            });
            _ = tools.Health.WatchAsync(shown, shownId, exited);
        }
    }

    private void PublishEnd(int exitCode, bool isFinished, bool wasAsked)
    {
        var logger = tools.Loggers.GetLogger(id);
        if (isFinished || wasAsked) ResourceLog.Finished(logger, exitCode);
        else ResourceLog.Died(logger, exitCode);
        Publish(state => state with
        {
            State = isFinished ? KnownResourceStates.Finished : KnownResourceStates.Exited,
            ExitCode = exitCode,
            StopTimeStamp = Now,
            ResourceReadyEvent = null,
            Properties = [.. state.Properties.Where(property => property.Name != KnownProperties.ExecutablePid)],
        });
    }

    /// <summary>What lives inside a server shares its state.</summary>
    private void Publish(Func<CustomResourceSnapshot, CustomResourceSnapshot> change)
    {
        foreach (var (shown, shownId) in Shown())
            tools.Notifications.PublishUpdateAsync(shown, shownId, change);
    }

    private IEnumerable<(IResource Resource, string Id)> Shown() => [(resource, id), .. children.Select(child => (child, child.Name))];
}
