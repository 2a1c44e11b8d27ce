using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Switchboard.AppHost;

/// <summary>Says in the terminal where things are, once every process of the application is healthy.</summary>
internal sealed class ReadyMessage(
    IReadOnlyList<(string Title, IResourceBuilder<ProjectResource> Process)> addresses,
    DistributedApplicationModel model,
    ResourceNotificationService notifications,
    IConfiguration configuration) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // those without a health check, as the migrations are, run to their end
        var processes = model.Resources.OfType<ProjectResource>().Where(process => process.HasAnnotationOfType<HealthCheckAnnotation>());
        await Task.WhenAll(processes.Select(process => notifications.WaitForResourceHealthyAsync(process.Name, stoppingToken)));

        Console.WriteLine();
        Console.WriteLine("Switchboard is ready:");
        foreach (var (title, process) in addresses)
            Console.WriteLine($"  {title,-10} {process.GetEndpoint("http").Url}");
        if (configuration["ASPNETCORE_URLS"]?.Split(';')[0] is { } dashboard)
            Console.WriteLine($"  {"dashboard",-10} {dashboard}");
        Console.WriteLine("Ctrl-C stops it.");
        Console.WriteLine();
    }
}

internal static class ReadyMessageExtensions
{
    public static void SayWhenReady(
        this IDistributedApplicationBuilder builder, params (string Title, IResourceBuilder<ProjectResource> Process)[] addresses) =>
        builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<ReadyMessage>(
            services, (IReadOnlyList<(string Title, IResourceBuilder<ProjectResource> Process)>)addresses));
}
