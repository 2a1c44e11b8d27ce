using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Switchboard.AppHost;

namespace Switchboard.Tests.AppModel;

public sealed class PromptStartTests
{
    [Fact]
    public async Task Each_program_is_started_as_it_was_built()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(["--Servers=local"]);

        var projects = builder.Resources.OfType<ProjectResource>().ToList();
        projects.Count.ShouldBe(6);
        foreach (var project in projects)
        {
            project.Annotations.OfType<ExecutableAnnotation>().ShouldHaveSingleItem(project.Name).Command.ShouldBe("dotnet");
            var context = new CommandLineArgsCallbackContext([]);
            foreach (var arguments in project.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
                await arguments.Callback(context);
            var program = (string)context.Args[0];
            program.ShouldEndWith(".dll");
            File.Exists(program).ShouldBeTrue(program);
        }
    }

    [Fact]
    public async Task A_check_of_health_asks_until_it_is_answered()
    {
        var asked = 0;
        var services = new ServiceCollection().AddLogging();
        services.AddHealthChecks().AddAsyncCheck("starting", _ => (++asked) switch
        {
            1 => throw new InvalidOperationException("not there yet"),
            2 => Task.FromResult(HealthCheckResult.Unhealthy()),
            _ => Task.FromResult(HealthCheckResult.Healthy()),
        });
        services.AskUntilAnswered();
        await using var provider = services.BuildServiceProvider();

        var report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        (report.Status, asked).ShouldBe((HealthStatus.Healthy, 3));
    }
}
