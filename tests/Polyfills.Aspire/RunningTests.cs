using System.Diagnostics;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace Switchboard.Tests.Polyfills.Aspire;

/// <summary>What is seen of a running application.</summary>
public sealed class RunningTests(RunningSmallHouse house)
{
    [Fact]
    public async Task A_process_is_told_how_to_reach_what_it_references()
    {
        var environment = await house.EnvironmentOfAsync("alone");

        environment["ConnectionStrings__things"].ShouldBe(await house.App.GetConnectionStringAsync("things"));
        environment["ConnectionStrings__things"].ShouldBe(
            $"Host=127.0.0.1;Port={environment["THINGS_PORT"]};Username=postgres;Password={environment["THINGS_PASSWORD"]};Database=things");
        environment["ConnectionStrings__redis"].ShouldBe($"127.0.0.1:{environment["REDIS_PORT"]},password={environment["REDIS_PASSWORD"]}");
        environment["ConnectionStrings__rabbitmq"].ShouldBe(
            $"amqp://guest:{environment["RABBITMQ_PASSWORD"]}@127.0.0.1:{environment["RABBITMQ_PORT"]}");

        var twins = house.App.GetEndpoint("twins").ToString().TrimEnd('/');
        environment["TWINS_HTTP"].ShouldBe(twins);
        environment["services__twins__http__0"].ShouldBe(twins);
        environment["Twins__Path"].ShouldBe($"{twins}/path");
    }

    [Fact]
    public async Task A_process_is_told_who_it_is_and_where_to_listen_but_nothing_of_the_app_host()
    {
        var environment = await house.EnvironmentOfAsync("alone");

        environment["ASPNETCORE_URLS"].ShouldBe(house.App.GetEndpoint("alone").ToString().TrimEnd('/'));
        environment["OTEL_SERVICE_NAME"].ShouldBe("alone");
        environment["OTEL_RESOURCE_ATTRIBUTES"].ShouldBe("service.instance.id=alone");
        environment["Key"].Length.ShouldBe(30);
        environment.ShouldNotContainKey("OTEL_EXPORTER_OTLP_ENDPOINT");
        environment.ShouldNotContainKey("DOTNET_LAUNCH_PROFILE");
    }

    [Fact]
    public async Task Replicas_share_one_address_and_one_that_is_stopped_is_passed_over()
    {
        int[] both = [house.ProcessIdOf("twins-1"), house.ProcessIdOf("twins-2")];
        int[] answers = [await house.AskForProcessIdAsync("twins"), await house.AskForProcessIdAsync("twins")];
        answers.Order().ShouldBe(both.Order());

        (await house.CommandAsync("twins-1", KnownResourceCommands.StopCommand)).Success.ShouldBeTrue();
        answers = [await house.AskForProcessIdAsync("twins"), await house.AskForProcessIdAsync("twins")];
        answers.ShouldAllBe(answer => answer == house.ProcessIdOf("twins-2"));

        (await house.CommandAsync("twins-1", KnownResourceCommands.StartCommand)).Success.ShouldBeTrue();
        await house.ReachAsync("twins", change => change.ResourceId == "twins-1" && change.Snapshot.State?.Text == KnownResourceStates.Running);
    }

    [Fact]
    public void A_job_that_has_ended_well_is_finished()
    {
        var job = house.StateOf("job").Snapshot;

        job.State!.Text.ShouldBe(KnownResourceStates.Finished);
        job.ExitCode.ShouldBe(0);
    }

    [Theory]
    [InlineData("alone")]
    [InlineData("redis")]
    [InlineData("postgres")]
    [InlineData("rabbitmq")]
    public async Task What_is_killed_stays_dead_until_its_start_command(string resource)
    {
        var before = house.ProcessIdOf(resource);
        Process.GetProcessById(before).Kill();

        var dead = await house.ReachAsync(resource, change => change.Snapshot.State?.Text == KnownResourceStates.Exited);
        dead.Snapshot.ExitCode.ShouldBe(137);
        dead.Snapshot.Properties.ShouldNotContain(property => property.Name == "executable.pid");

        (await house.CommandAsync(resource, KnownResourceCommands.StartCommand)).Success.ShouldBeTrue();
        await house.HealthyAsync(resource);
        house.ProcessIdOf(resource).ShouldNotBe(before);
    }

    [Fact]
    public async Task A_restart_makes_a_new_process_at_the_same_address()
    {
        var (before, address) = (house.ProcessIdOf("alone"), house.App.GetEndpoint("alone"));

        (await house.CommandAsync("alone", KnownResourceCommands.RestartCommand)).Success.ShouldBeTrue();
        await house.HealthyAsync("alone");

        house.ProcessIdOf("alone").ShouldNotBe(before);
        house.App.GetEndpoint("alone").ShouldBe(address);
    }

    [Fact]
    public async Task A_command_that_cannot_be_carried_out_says_why()
    {
        (await house.CommandAsync("nobody", KnownResourceCommands.StartCommand)).Message.ShouldBe("Resource 'nobody' not found.");
        (await house.CommandAsync("redis", "dance")).Message.ShouldBe("Command 'dance' not available for resource 'redis'.");
    }
}
