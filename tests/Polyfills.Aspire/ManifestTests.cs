using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Switchboard.Tests.Polyfills.Aspire;

/// <summary>What a deployment tool reads.</summary>
public sealed class ManifestTests
{
    [Fact]
    public async Task The_manifest_in_the_repository_is_what_the_app_host_publishes()
    {
        // beside the one it is compared with: the paths in it are relative to it
        var kept = Path.GetFullPath("../aspire-manifest.json", Projects.AppHost.ProjectPath);
        var fresh = Path.ChangeExtension(kept, $"{Guid.CreateVersion7():N}.json");
        try
        {
            var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(["--publisher", "manifest", "--output-path", fresh]);
            await using (var app = await builder.BuildAsync())
            {
                var written = new TaskCompletionSource();
                app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => written.TrySetResult());
                await app.StartAsync();
                await written.Task;
            }

            (await File.ReadAllTextAsync(fresh)).ShouldBe(
                await File.ReadAllTextAsync(kept), "dotnet run --project AppHost -- --publisher manifest --output-path ../aspire-manifest.json");
        }
        finally
        {
            File.Delete(fresh);
        }
    }

    [Fact]
    public async Task A_cache_is_published_as_aspire_publishes_it()
    {
        var builder = Publishing();
        builder.AddRedis("cache");

        var resources = await PublishAsync(builder);

        resources.EnumerateObject().Select(resource => resource.Name)
            .ShouldBe(["cache", "cache-password", "cond-cache-bindings-tcp-tlsenabled-ee7661a1"]);
        var cache = resources.GetProperty("cache");
        cache.GetProperty("connectionString").GetString().ShouldBe(
            "{cache.bindings.tcp.host}:{cache.bindings.tcp.port},password={cache-password.value}{cond-cache-bindings-tcp-tlsenabled-ee7661a1.connectionString}");
        cache.GetProperty("args").EnumerateArray().Select(arg => arg.GetString()).ShouldBe(["-c", "redis-server --requirepass $REDIS_PASSWORD"]);
        resources.GetProperty("cache-password").GetProperty("inputs").ToString()
            .ShouldBe("""{"value":{"type":"string","secret":true,"default":{"generate":{"minLength":22,"special":false}}}}""");
    }

    [Fact]
    public async Task A_password_in_an_address_is_published_encoded()
    {
        var builder = Publishing();
        builder.AddRabbitMQ("messaging").WithManagementPlugin();

        var resources = await PublishAsync(builder);

        var messaging = resources.GetProperty("messaging");
        messaging.GetProperty("image").GetString().ShouldBe("docker.io/library/rabbitmq:4.3-management");
        messaging.GetProperty("connectionString").GetString()
            .ShouldBe("amqp://guest:{messaging-password-uri-encoded.value}@{messaging.bindings.tcp.host}:{messaging.bindings.tcp.port}");
        resources.GetProperty("messaging-password-uri-encoded").ToString()
            .ShouldBe("""{"type":"annotated.string","value":"{messaging-password.value}","filter":"uri"}""");
    }

    [Fact]
    public async Task Data_is_published_as_a_volume_whose_name_does_not_depend_on_the_folder()
    {
        var builder = Publishing();
        builder.AddPostgres("postgres").WithDataVolume();

        var volume = (await PublishAsync(builder)).GetProperty("postgres").GetProperty("volumes")[0];

        volume.GetProperty("target").GetString().ShouldBe("/var/lib/postgresql");
        volume.GetProperty("name").GetString()!.ShouldEndWith("-postgres-data");
        volume.GetProperty("readOnly").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public void A_value_cannot_be_a_secret_and_be_published() =>
        Should.Throw<ArgumentException>(() => Publishing().AddParameter("token", "value", publishValueAsDefault: true, secret: true));

    private static IDistributedApplicationBuilder Publishing() => DistributedApplication.CreateBuilder(["--publisher", "manifest"]);

    private static async Task<JsonElement> PublishAsync(IDistributedApplicationBuilder builder)
    {
        using var memory = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(memory))
        {
            var context = new ManifestPublishingContext(builder.ExecutionContext, Path.GetFullPath("aspire-manifest.json"), writer);
            await context.WriteModelAsync(new DistributedApplicationModel(builder.Resources));
        }

        return JsonDocument.Parse(memory.ToArray()).RootElement.GetProperty("resources");
    }
}
