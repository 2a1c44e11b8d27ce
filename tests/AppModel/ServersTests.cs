using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace Switchboard.Tests.AppModel;

/// <summary>What the AppHost takes for Postgres, Redis and RabbitMQ. The model is built; nothing is started.</summary>
public sealed class ServersTests
{
    private static readonly string[] Servers = ["postgres", "redis", "rabbitmq"];

    private static readonly string[] Processes = ["edge-api", "workers-ingest", "workers-dispatch", "analytics-worker"];

    [Theory]
    [InlineData("docker")]
    [InlineData("podman")]
    public async Task With_a_container_engine_the_servers_are_containers(string engine)
    {
        using var engines = new FakeEngines(answering: engine);

        await using var builder = await BuildAsync();

        foreach (var server in Servers)
            Resource(builder, server).ShouldBeAssignableTo<ContainerResource>();
    }

    [Fact]
    public async Task Without_one_they_are_executables()
    {
        using var engines = new FakeEngines(answering: null);

        await using var builder = await BuildAsync();

        foreach (var server in Servers)
            Resource(builder, server).ShouldBeAssignableTo<ExecutableResource>();
    }

    [Fact]
    public async Task An_option_chooses_whatever_engine_answers()
    {
        using var engines = new FakeEngines(answering: "docker");
        await using var local = await BuildAsync("--Servers=local");
        Resource(local, "postgres").ShouldBeAssignableTo<ExecutableResource>();

        using var none = new FakeEngines(answering: null);
        await using var containers = await BuildAsync("--Servers=containers");
        Resource(containers, "postgres").ShouldBeAssignableTo<ContainerResource>();
    }

    [Fact]
    public async Task A_choice_that_means_nothing_is_refused()
    {
        var refusal = await Should.ThrowAsync<DistributedApplicationException>(() => BuildAsync("--Servers=cloud"));

        refusal.Message.ShouldContain("cloud");
        refusal.Message.ShouldContain("local");
    }

    [Theory]
    [InlineData("local")]
    [InlineData("containers")]
    public async Task Processes_see_the_same_of_both(string kind)
    {
        await using var builder = await BuildAsync($"--Servers={kind}");

        foreach (var server in (string[])["switchboard", "redis", "rabbitmq"])
        {
            var resource = Resource(builder, server);
            resource.ShouldBeAssignableTo<IResourceWithConnectionString>();
            foreach (var process in Processes)
            {
                Resource(builder, process).Annotations.OfType<WaitAnnotation>()
                    .ShouldContain(wait => wait.Resource == resource, $"{process} should wait for {server}");
            }
        }
    }

    [Theory]
    [InlineData("local")]
    [InlineData("containers")]
    public async Task Each_server_has_a_health_check(string kind)
    {
        await using var builder = await BuildAsync($"--Servers={kind}");

        foreach (var server in Servers)
            Resource(builder, server).Annotations.OfType<HealthCheckAnnotation>().ShouldNotBeEmpty(server);
    }

    [Fact]
    public async Task Local_servers_take_free_ports_without_a_proxy()
    {
        await using var builder = await BuildAsync("--Servers=local");

        foreach (var endpoint in Servers.SelectMany(server => Resource(builder, server).Annotations.OfType<EndpointAnnotation>()))
        {
            endpoint.Port.ShouldBeNull(endpoint.Name);
            endpoint.TargetPort.ShouldBeNull(endpoint.Name);
            endpoint.IsProxied.ShouldBeFalse(endpoint.Name);
        }
    }

    [Theory]
    [InlineData("--LocalServers:KeepData=true", true)]
    [InlineData("--LocalServers:KeepData=false", false)]
    [InlineData("--fresh", false)]
    public async Task Containers_keep_their_data_in_volumes_unless_told_otherwise(string option, bool isKept)
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(["--Servers=containers", option]);

        foreach (var server in Servers)
        {
            Resource(builder, server).Annotations.OfType<ContainerMountAnnotation>().Any(mount => mount.Type == ContainerMountType.Volume)
                .ShouldBe(isKept, server);
        }
    }

    private static Task<IDistributedApplicationTestingBuilder> BuildAsync(params string[] arguments) =>
        DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(["--LocalServers:KeepData=false", .. arguments]);

    private static IResource Resource(IDistributedApplicationBuilder builder, string name) => builder.Resources.Single(resource => resource.Name == name);
}
