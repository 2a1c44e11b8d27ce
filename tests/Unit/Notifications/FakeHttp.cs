using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using StackExchange.Redis;
using Switchboard.Core.Redis.Limits;
using Switchboard.Core.Security;
using Switchboard.Workers.Dispatch.Channels;
using Switchboard.Workers.Dispatch.Channels.Chat;
using Switchboard.Workers.Dispatch.Channels.Push;

namespace Switchboard.Tests.Unit.Notifications;

/// <summary>Any server that is posted text.</summary>
internal sealed class FakeHttp : FakeProvider<string>
{
    protected override string Read(byte[] body) => Encoding.UTF8.GetString(body);
}

/// <summary>The services of push and chat with the network in the test's hand; Redis and the database cannot be reached.</summary>
internal static class AddressServices
{
    public static ServiceProvider Build(
        TimeProvider time, IEnumerable<(string Key, string? Value)> settings, params (string Client, FakeHttp Server)[] network)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
            settings.Append((Key: "Encryption:Key", Value: "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="))
                // what a test sets stands behind what it sets for all
                .GroupBy(setting => setting.Key, (key, values) => KeyValuePair.Create(key, values.Last().Value))).Build());
        services.AddSingleton(time);
        services.AddSingleton(NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody"));
        services.AddSingleton<IConnectionMultiplexer>(_ => throw new InvalidOperationException("The connection was not started."));
        services.AddSwitchboardLimits();
        services.AddSecretProtector();
        services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());
        services.AddPush();
        services.AddChat();
        foreach (var (client, server) in network)
            services.AddHttpClient(client).ConfigurePrimaryHttpMessageHandler(server.Network);
        return services.BuildServiceProvider();
    }

    public static IAddressService Find(this IServiceProvider services, string name) =>
        services.GetServices<IAddressService>().Single(service => service.Name == name);
}
