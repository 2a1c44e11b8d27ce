using Microsoft.Extensions.Hosting;

namespace Switchboard.Core.Jobs;

/// <summary>Keeps the publisher connected while the process runs. Registered first, so that it stops last.</summary>
internal sealed class JobPublisherHost(JobPublisher publisher) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => publisher.RunAsync(stoppingToken);
}
