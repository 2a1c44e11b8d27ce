using System.Threading.Channels;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Run;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace Aspire.Hosting.Terminal;

/// <summary>Shows the logs of all resources, each with its name in a colour, and the table of resources when things have settled.</summary>
internal sealed class TerminalOutput(
    ResourceLoggerService loggers, ResourceNotificationService notifications, DistributedApplicationModel model,
    IHostApplicationLifetime lifetime, IServiceProvider services) : IHostedService, IDisposable
{
    private static readonly string[] Colours = ["36", "33", "35", "32", "34", "96", "93", "95", "92", "94"];

    private readonly Channel<(string? Name, string Line)> _lines = Channel.CreateBounded<(string? Name, string Line)>(
        new BoundedChannelOptions(10_000) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly bool _isColoured = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is not { Length: > 0 };
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<string, string> _colourOf = [];
    private Task _writing = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;
    private int _nameWidth;

    public static void Add(IServiceCollection services, ILoggingBuilder logging)
    {
        logging.AddFilter("Aspire.Hosting", LogLevel.Information);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, TerminalInput>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ParentWatch>());

        // before the resources: their first lines are shown too
        services.Insert(0, ServiceDescriptor.Singleton<IHostedService, TerminalOutput>());
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _nameWidth = model.Resources.Where(resource => resource is not IResourceWithoutLifetime)
            .SelectMany(resource => resource.GetInstanceNames()).Select(name => name.Length).DefaultIfEmpty().Max();
        loggers.LineWritten += Enqueue;
        _writing = WriteAsync();
        lifetime.ApplicationStopping.Register(_stopping.Cancel); // what stops on purpose is no news
        _watching = WatchAsync(_stopping.Token);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        loggers.LineWritten -= Enqueue;
        await _stopping.CancelAsync();
        await _watching;
        _lines.Writer.TryComplete();
        await _writing;
    }

    public void Dispose() => _stopping.Dispose();

    private void Enqueue(string name, LogLine line)
    {
        // a terminal that is slower than the processes slows them, as it would if they wrote to it themselves
        if (!_lines.Writer.TryWrite((name, line.Content)))
            _lines.Writer.WriteAsync((name, line.Content)).AsTask().GetAwaiter().GetResult();
    }

    private async Task WriteAsync()
    {
        await foreach (var (name, line) in _lines.Reader.ReadAllAsync())
        {
            if (name is null && _isColoured) AnsiConsole.Write(StatusTable.Build(notifications, model));
            else if (name is null) await Console.Out.WriteLineAsync(StatusTable.Text(notifications, model));
            else await Console.Out.WriteLineAsync(Prefix(name) + line);
        }
    }

    private string Prefix(string name)
    {
        var padded = name.PadRight(_nameWidth);
        if (!_isColoured) return $"{padded} | ";
        if (!_colourOf.TryGetValue(name, out var colour)) _colourOf[name] = colour = Colours[_colourOf.Count % Colours.Length];
        return $"\e[{colour}m{padded} |\e[0m ";
    }

    /// <summary>The table is shown when everything runs or has ended, and again after each change once all is quiet.</summary>
    private async Task WatchAsync(CancellationToken stopping)
    {
        var shown = "";
        try
        {
            await foreach (var _ in notifications.WatchAsync(stopping))
            {
                var states = States();
                if (states is null || states == shown) continue;
                var isFirst = shown.Length == 0;
                shown = states;
                await _lines.Writer.WriteAsync((null, ""), stopping);
                if (isFirst && services.GetService<Dashboard>() is { IsAvailable: true } dashboard)
                    await _lines.Writer.WriteAsync(("dashboard", dashboard.Url), stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // the end of the watch
        }
    }

    /// <summary>All states in one string; null while something is on its way.</summary>
    private string? States()
    {
        var states = new List<string>();
        foreach (var id in model.Resources.Where(resource => resource is not IResourceWithoutLifetime).SelectMany(resource => resource.GetInstanceNames()))
        {
            if (!notifications.TryGetCurrentState(id, out var current)) return null;
            var state = current.Snapshot.State?.Text;
            var isSettled = KnownResourceStates.TerminalStates.Contains(state)
                || current.Snapshot.HealthStatus == Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy;
            if (!isSettled) return null;
            states.Add($"{id}={state}");
        }

        return string.Join(' ', states);
    }
}
