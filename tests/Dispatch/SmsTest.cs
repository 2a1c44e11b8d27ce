using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Npgsql;
using StackExchange.Redis;
using Switchboard.Core.Redis.Limits;
using Switchboard.Core.Security;
using Switchboard.Workers.Dispatch.Channels.Sms;

namespace Switchboard.Tests.Dispatch;

/// <summary>What sends SMS, on a real database, with Twilio's place taken by the test; Redis cannot be reached.</summary>
public abstract class SmsTest(PostgresServer postgres) : IAsyncLifetime
{
    internal TestTime Time { get; } = new();

    /// <summary>What Twilio answers: a status and a body.</summary>
    protected (HttpStatusCode Status, string Body) Answer { get; set; } = (HttpStatusCode.Created, """{"sid":"SM1","status":"queued"}""");

    /// <summary>The forms that were posted.</summary>
    protected List<string> Posted { get; } = [];

    protected ServiceProvider Services { get; private set; } = null!;

    /// <summary>What was logged.</summary>
    protected FakeLogCollector Log => Services.GetRequiredService<FakeLogCollector>();

    protected NpgsqlDataSource Database => Services.GetRequiredService<NpgsqlDataSource>();

    public ValueTask InitializeAsync()
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddFakeLogging());
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Twilio:AccountSid"] = "AC1",
            ["Twilio:AuthToken"] = "secret",
            ["Twilio:From"] = "+15550009999",
            ["Twilio:PublicBaseUrl"] = "https://switchboard.test",
            ["Twilio:MessagesPerSecond"] = "100",
            ["Encryption:Key"] = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        }).Build());
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton(NpgsqlDataSource.Create(postgres.ConnectionString));
        services.AddSingleton<IConnectionMultiplexer>(_ => throw new InvalidOperationException("The connection was not started."));
        services.AddSwitchboardLimits();
        services.AddSecretProtector();
        services.AddSms();
        services.AddScoped<SendVerificationCodeHandler>();
        services.AddHttpClient(TwilioClient.HttpClientName).ConfigurePrimaryHttpMessageHandler(() => new Network(this));
        Services = services.BuildServiceProvider();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected void Refuse(int code, string message = "told") =>
        Answer = (HttpStatusCode.BadRequest, $$"""{"code":{{code}},"message":"{{message}}","status":400}""");

    protected async Task<object?> ExecuteAsync(string sql, params object?[] values)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        return await command.ExecuteScalarAsync();
    }

    private sealed class Network(SmsTest test) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var form = WebUtility.UrlDecode(await request.Content!.ReadAsStringAsync(cancellationToken));
            lock (test.Posted)
                test.Posted.Add(form);
            return new HttpResponseMessage(test.Answer.Status) { Content = new StringContent(test.Answer.Body) };
        }
    }
}
