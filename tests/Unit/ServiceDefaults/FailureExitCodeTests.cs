using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Switchboard.Tests.Unit.ServiceDefaults;

public sealed class FailureExitCodeTests
{
    [Theory(Timeout = 120_000)]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task A_process_whose_service_failed_does_not_end_as_if_all_were_well(bool fails, int expected)
    {
        var before = Environment.ExitCode;
        try
        {
            var builder = Host.CreateEmptyApplicationBuilder(null);
            builder.AddServiceDefaults();
            builder.Services.AddSingleton<IHostedService>(provider =>
                new Ending(fails, provider.GetRequiredService<IHostApplicationLifetime>()));
            using var host = builder.Build();

            await host.RunAsync();

            Environment.ExitCode.ShouldBe(before == 0 ? expected : before);
        }
        finally
        {
            Environment.ExitCode = before;
        }
    }

    private sealed class Ending(bool fails, IHostApplicationLifetime lifetime) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            if (fails)
                throw new InvalidOperationException("This service cannot go on.");
            lifetime.StopApplication();
        }
    }
}
