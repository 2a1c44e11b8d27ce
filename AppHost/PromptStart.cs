using System.Diagnostics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Switchboard.AppHost;

/// <summary>A start that takes no longer than what is started.</summary>
internal static class PromptStart
{
    private const string RuntimeConfiguration = ".runtimeconfig.json";

    // how long one check asks before it reports; whoever starts on a busy machine answers within
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    // bin/Release/net10.0: that of the AppHost, with which all are built
    private static readonly string Output = typeof(PromptStart).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "OutputPath").Value!;

    /// <summary>
    /// Starts the program as it was built together with the AppHost. By itself the control plane starts <c>dotnet run --no-build</c>,
    /// which reads the project once more: two seconds of a processor for each process.
    /// </summary>
    public static IResourceBuilder<ProjectResource> AsBuilt(this IResourceBuilder<ProjectResource> process)
    {
        var builder = process.ApplicationBuilder;
        // a debugger and `dotnet watch` start projects in their own ways
        var isStartedByOthers = (builder.Configuration["DEBUG_SESSION_PORT"] ?? builder.Configuration["DOTNET_WATCH"]) is not null;
        if (builder.ExecutionContext.IsPublishMode || isStartedByOthers)
            return process;
        var folder = Path.GetDirectoryName(process.Resource.GetProjectMetadata().ProjectPath)!;
        var output = Path.Combine(folder, Output);
        if (!Directory.Exists(output) || Directory.GetFiles(output, $"*{RuntimeConfiguration}") is not [var configuration])
            return process;
        return process
            .WithAnnotation(new ExecutableAnnotation { Command = "dotnet", WorkingDirectory = folder })
            .WithArgs(configuration[..^RuntimeConfiguration.Length] + ".dll");
    }

    /// <summary>
    /// Lets each check of health ask until it is answered. The control plane itself asks again after 1, 2, 3 … s: each who waits for
    /// another would wait for some seconds longer than need be.
    /// </summary>
    public static void AskUntilAnswered(this IServiceCollection services) =>
        services.PostConfigure<HealthCheckServiceOptions>(options =>
        {
            foreach (var registration in options.Registrations)
            {
                var create = registration.Factory;
                registration.Factory = provider => new UntilAnswered(create(provider));
            }
        });

    private sealed class UntilAnswered(IHealthCheck check) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            using var timer = new PeriodicTimer(Interval);
            for (var begun = Stopwatch.GetTimestamp(); ;)
            {
                var result = await AskAsync(context, cancellationToken);
                if (result.Status == HealthStatus.Healthy || Stopwatch.GetElapsedTime(begun) > Patience)
                    return result;
                await timer.WaitForNextTickAsync(cancellationToken);
            }
        }

        private async Task<HealthCheckResult> AskAsync(HealthCheckContext context, CancellationToken cancellationToken)
        {
            try
            {
                return await check.CheckHealthAsync(context, cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                return new HealthCheckResult(context.Registration.FailureStatus, exception: exception);
            }
        }
    }
}
