using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using StackExchange.Redis;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Core.Redis.Limits;
using Switchboard.Core.Security;
using Switchboard.Workers.Dispatch.Channels;
using Switchboard.Workers.Dispatch.Channels.Chat;
using Switchboard.Workers.Dispatch.Channels.Push;

namespace Switchboard.Tests.Dispatch;

/// <summary>The channels whose addresses are stored, on a real database, with the services' place taken by the test.</summary>
public abstract class PushTest(PostgresServer postgres) : IAsyncLifetime
{
    private static readonly Guid User = Guid.CreateVersion7();

    private ServiceProvider _services = null!;

    internal TestTime Time { get; } = new();

    /// <summary>What every service answers.</summary>
    protected (HttpStatusCode Status, string Body) Answer { get; set; } = (HttpStatusCode.Created, "");

    /// <summary>Said by every answer, when it is set.</summary>
    protected TimeSpan? RetryAfter { get; set; }

    /// <summary>What was posted.</summary>
    protected List<(HttpRequestMessage Request, byte[] Body)> Posted { get; } = [];

    protected IServiceProvider Services => _services;

    protected NpgsqlDataSource Database => _services.GetRequiredService<NpgsqlDataSource>();

    public ValueTask InitializeAsync()
    {
        _services = Build(network: true);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <param name="network">Whether the test takes the services' place; else they are called.</param>
    /// <param name="settings">What is set beside what all need.</param>
    protected ServiceProvider Build(bool network, params (string Key, string? Value)[] settings)
    {
        var values = new Dictionary<string, string?>
        {
            ["Encryption:Key"] = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
            ["WebPush:Subject"] = "mailto:operator@example.com",
        };
        foreach (var (key, value) in settings)
            values[key] = value;
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton(NpgsqlDataSource.Create(postgres.ConnectionString));
        services.AddSingleton<IConnectionMultiplexer>(_ => throw new InvalidOperationException("The connection was not started."));
        services.AddSwitchboardLimits();
        services.AddSecretProtector();
        services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());
        services.AddPush();
        services.AddChat();
        if (network)
            foreach (var client in new[] { WebPushClient.HttpClientName, ChatWebhookClient.HttpClientName })
                services.AddHttpClient(client).ConfigurePrimaryHttpMessageHandler(() => new Network(this));
        return services.BuildServiceProvider();
    }

    /// <summary>A recipient's address, encrypted as the edge stores it.</summary>
    protected async Task<Guid> AddAddressAsync(string channel, string service, string value, Guid? user = null)
    {
        var (recipient, id) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var owner = user ?? User;
        await ExecuteAsync("INSERT INTO users (id, email, name, created_at) VALUES ($1, $1::text, 'u', now()) ON CONFLICT DO NOTHING", owner);
        await ExecuteAsync(
            "INSERT INTO recipients (id, user_id, external_id, created_at, updated_at) VALUES ($1, $2, $1::text, now(), now())", recipient, owner);
        await ExecuteAsync(
            """
            INSERT INTO recipient_addresses (id, user_id, recipient_id, channel, service, secret, fingerprint, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, now())
            """,
            id, owner, recipient, channel, service,
            _services.GetRequiredService<SecretProtector>().Protect(value, SecretColumn.RecipientAddress, id),
            RecipientAddressStore.Fingerprint(channel, service, value));
        return id;
    }

    protected async Task<string?> DisabledReasonAsync(Guid address)
    {
        await using var command = Database.CreateCommand("SELECT disabled_reason FROM recipient_addresses WHERE id = $1");
        command.Parameters.Add(new() { Value = address });
        return await command.ExecuteScalarAsync() as string;
    }

    internal Task<SendResult> SendAsync(string channel, Guid address, IServiceProvider? services = null) =>
        (services ?? _services).GetServices<IChannel>().Single(one => one.Definition.Name == channel)
            .SendAsync(new(Guid.CreateVersion7(), User, address.ToString(), "Please pay", Time.GetUtcNow()), default);

    protected async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    private sealed class Network(PushTest test) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            test.Posted.Add((request, await request.Content!.ReadAsByteArrayAsync(cancellationToken)));
            var response = new HttpResponseMessage(test.Answer.Status) { Content = new StringContent(test.Answer.Body) };
            if (test.RetryAfter is { } wait)
                response.Headers.RetryAfter = new(wait);
            return response;
        }
    }
}
