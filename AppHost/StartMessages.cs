using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Switchboard.AppHost;

/// <summary>
/// Says in the terminal where things are, once every process of the application is healthy; and until then, which part has failed and what
/// it said last: all that wait for it would wait in silence.
/// </summary>
internal sealed class StartMessages(
    IReadOnlyList<(string Title, IResourceBuilder<ProjectResource> Process)> addresses,
    TextWriter terminal,
    DistributedApplicationModel model,
    ResourceNotificationService notifications,
    ResourceLoggerService logs,
    IHostApplicationLifetime lifetime,
    IConfiguration configuration) : BackgroundService
{
    private const int LastLines = 10;
    private static readonly TimeSpan LogTimeout = TimeSpan.FromSeconds(3);

    private string? Dashboard => configuration["ASPNETCORE_URLS"]?.Split(';')[0];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var start = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        var failures = model.Resources.Where(part => part is ProjectResource or ExecutableResource or ContainerResource)
            .Select(part => SayWhenFailedAsync(part, start.Token)).ToList();
        try
        {
            // those without a health check, as the migrations are, run to their end
            var processes = model.Resources.OfType<ProjectResource>()
                .Where(process => process.HasAnnotationOfType<HealthCheckAnnotation>());
            await Task.WhenAll(processes.Select(process => notifications.WaitForResourceHealthyAsync(
                process.Name, WaitBehavior.WaitOnResourceUnavailable, start.Token)));
            SayWhereThingsAre();
        }
        finally
        {
            await start.CancelAsync();
            await Task.WhenAll(failures);
        }
    }

    private void SayWhereThingsAre()
    {
        terminal.WriteLine();
        terminal.WriteLine("Switchboard is ready:");
        foreach (var (title, process) in addresses)
            terminal.WriteLine($"  {title,-10} {process.GetEndpoint("http").Url}");
        if (Dashboard is { } dashboard)
            terminal.WriteLine($"  {"dashboard",-10} {dashboard}");
        terminal.WriteLine("Ctrl-C stops it.");
        terminal.WriteLine();
    }

    private async Task SayWhenFailedAsync(IResource part, CancellationToken cancellationToken)
    {
        try
        {
            var failed = (await notifications.WaitForResourceAsync(part.Name, now => HasFailed(now.Snapshot), cancellationToken)).Snapshot;
            // it could not start for another that has failed, of which the same is said
            if (part.Annotations.OfType<WaitAnnotation>().Any(wait => HasFailed(wait.Resource)))
                return;
            var lines = await ReadLogAsync(part, cancellationToken);
            terminal.WriteLine();
            terminal.WriteLine($"{part.Name} has failed ({failed.State?.Text}, exit code {failed.ExitCode?.ToString() ?? "unknown"}).");
            foreach (var line in lines.Where(line => !IsStackFrame(line)).OrderBy(TimeOf, StringComparer.Ordinal).TakeLast(LastLines))
                terminal.WriteLine($"  {line}");
            var where = Dashboard is { } dashboard ? $" at {dashboard}" : "";
            terminal.WriteLine($"What waits for it goes on once it is mended and started again{where}; Ctrl-C stops all.");
            terminal.WriteLine();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // all has started, or is being stopped
        }
    }

    // a part that has ended says no more, but its log may be told a moment later, or not be completed at all
    private async Task<List<string>> ReadLogAsync(IResource part, CancellationToken cancellationToken)
    {
        List<string> lines = [];
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        enough.CancelAfter(LogTimeout);
        try
        {
            await foreach (var batch in logs.WatchAsync(part).WithCancellation(enough.Token))
                lines.AddRange(batch.Select(line => line.Content));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // that is what it has said
        }

        return lines;
    }

    // each line begins with its time, which sorts as text
    private static string TimeOf(string line) => line.Split(' ')[0];

    private static bool IsStackFrame(string line) =>
        line.Contains("   at ", StringComparison.Ordinal) || line.Contains("--- End of stack trace", StringComparison.Ordinal);

    private bool HasFailed(IResource part) => notifications.TryGetCurrentState(part.Name, out var now) && HasFailed(now.Snapshot);

    private static bool HasFailed(CustomResourceSnapshot now) =>
        now.State?.Text == KnownResourceStates.FailedToStart
        || (now.State?.Text is { } state && KnownResourceStates.TerminalStates.Contains(state) && now.ExitCode is not (null or 0));
}

internal static class StartMessagesExtensions
{
    public static void SayHowItStarts(
        this IDistributedApplicationBuilder builder, params (string Title, IResourceBuilder<ProjectResource> Process)[] addresses) =>
        builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<StartMessages>(
            services, (IReadOnlyList<(string Title, IResourceBuilder<ProjectResource> Process)>)addresses, Console.Out));
}
