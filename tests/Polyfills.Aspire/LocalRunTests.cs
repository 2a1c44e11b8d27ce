using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Run;
using Aspire.Hosting.Terminal;

namespace Switchboard.Tests.Polyfills.Aspire;

/// <summary>Ports, passwords and programs of a run.</summary>
public sealed class LocalRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("run-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_password_is_the_same_in_the_next_run_and_only_its_owner_reads_it()
    {
        var file = Path.Combine(_folder, "secrets.json");
        var password = new SecretStore(file).GetOrAdd("Parameters:redis-password", () => "one");

        new SecretStore(file).GetOrAdd("Parameters:redis-password", () => "two").ShouldBe(password);
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void A_port_is_the_same_in_the_next_run_unless_somebody_took_it()
    {
        var file = Path.Combine(_folder, "ports.json");
        var port = new PortBook(file).PortFor("redis/tcp");
        new PortBook(file).PortFor("redis/tcp").ShouldBe(port);

        using var thief = new TcpListener(IPAddress.Loopback, port);
        thief.Start();
        new PortBook(file).PortFor("redis/tcp").ShouldNotBe(port);
    }

    [Fact]
    public void A_missing_server_is_named_with_the_package_that_has_it()
    {
        var redis = new ContainerResource("redis");
        redis.Annotations.Add(new NotInstalled());

        LaunchFactory.MissingServers([redis]).Message.ShouldBe(
            "The server for 'redis' (Debian package redis-server) is not installed. Install it, and start again: apt-get install redis-server");
    }

    [Fact]
    public async Task An_application_with_a_missing_server_does_not_start()
    {
        var builder = DistributedApplication.CreateBuilder(["--DcpPublisher:RandomizePorts=true"]);
        builder.AddResource(new ContainerResource("redis")).WithAnnotation(new NotInstalled());
        await using var app = builder.Build();

        (await Should.ThrowAsync<DistributedApplicationException>(app.StartAsync())).Message.ShouldContain("apt-get install redis-server");
    }

    [Fact]
    public void A_generated_value_has_the_characters_that_were_asked_for()
    {
        var value = new GenerateParameterDefault { MinLength = 40, Special = false, Upper = false, MinNumeric = 5 }.GetDefaultValue();

        value.Length.ShouldBe(40);
        value.ShouldAllBe(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c));
        value.Count(char.IsAsciiDigit).ShouldBeGreaterThanOrEqualTo(5);
    }

    [Fact]
    public void The_command_line_is_settings_or_a_command()
    {
        var run = CommandLine.Parse(["--fresh", "--Replicas:edge-api=2"]);
        (run.Fresh, run.ResourceCommand).ShouldBe((true, null));
        run.Settings.ShouldBe(["--Replicas:edge-api=2"]);

        CommandLine.Parse(["resource", "redis", "stop"]).ResourceCommand.ShouldBe(["resource", "redis", "stop"]);
    }

    [Fact]
    public void A_launch_profile_gives_addresses_and_environment()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "Properties"));
        File.WriteAllText(Path.Combine(_folder, "Properties/launchSettings.json"), """
            {
              // as editors write it
              "profiles": {
                "iis": { "commandName": "IISExpress" },
                "http": {
                  "commandName": "Project", "applicationUrl": "http://localhost:5080;https://localhost:5081",
                  "environmentVariables": { "ASPNETCORE_ENVIRONMENT": "Development" },
                },
              }
            }
            """);

        var profile = LaunchProfile.Of(Path.Combine(_folder, "Some.csproj"), preferredName: null).ShouldNotBeNull();
        profile.Name.ShouldBe("http");
        profile.Urls.Select(url => url.Port).ShouldBe([5080, 5081]);
        profile.EnvironmentVariables["ASPNETCORE_ENVIRONMENT"].ShouldBe("Development");
    }

    private sealed class NotInstalled : LocalServer
    {
        public override string DebianPackage => "redis-server";

        public override string SystemUser => "redis";

        public override string? FindProgram() => null;

        public override Task<ProcessLaunch> PrepareAsync(LocalServerContext context, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
