using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using RabbitMQ.Client;
using Switchboard.Core.Notifications;
using Switchboard.Core.Redis;
using Switchboard.Core.Security;
using Switchboard.Edge.Api.Operations.Health;
using Switchboard.Edge.Api.Operations.Performance;
using Switchboard.Edge.Api.Platform;
using Switchboard.Edge.Api.Sms;
using Switchboard.Edge.Api.Webhooks;

namespace Switchboard.Tests.Edge;

/// <summary>What a webhook spends on who shows no signature.</summary>
public sealed class UnsignedWebhookTests : IAsyncDisposable
{
    // the endpoint, its answer and the problem in it; a body of this size that is read as JSON or as a form takes millions
    private const int MaxBytes = 100_000;
    private const int BodyBytes = 1_000_000;

    private static readonly string[] Expected =
        ["/api/sms/status", "/api/sms/webhook", "/api/webhooks/email", "/api/webhooks/gmail", "/api/webhooks/graph", "/api/webhooks/whatsapp"];

    private readonly WebApplication _app;
    private readonly RequestDelegate _edge;

    public UnsignedWebhookTests()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Gmail:PushAudience"] = "us",
            ["Gmail:PushServiceAccount"] = "pubsub@us.test",
            ["Graph:ClientState"] = "the-client-state",
            ["WhatsApp:AppSecret"] = "the-app-secret",
            ["WhatsApp:VerifyToken"] = "the-verify-token",
            ["Twilio:AccountSid"] = "AC1",
            ["Twilio:AuthToken"] = "the-auth-token",
            ["Twilio:PublicBaseUrl"] = "https://switchboard.test",
            ["Media:Folder"] = Path.GetTempPath(),
            ["Encryption:Key"] = "only-for-tests-only-for-tests-only-for-tests",
        });
        builder.AddServiceDefaults();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(NpgsqlDataSource.Create("Host=127.0.0.1;Port=1"));
        builder.AddReadDatabase();
        builder.Services.AddSingleton<IConnectionFactory>(new ConnectionFactory { HostName = "127.0.0.1", Port = 1 });
        builder.Services.AddSingleton(new RedisConnection(
            () => throw new InvalidOperationException("There is no Redis."), Options.Create(new RedisOptions()), TimeProvider.System,
            NullLogger<RedisConnection>.Instance));
        builder.Services
            .AddEdgeCache().AddSecretProtector().AddNotifications().AddProblems().AddApiKeys().AddRequestLimits()
            .AddSingleton<CreatingTransactions>().AddWebhooks().AddFeatures()
            .AddEnrichments(builder.Configuration).AddPerformance().AddTrackingHealth().AddEndpoints();
        _app = builder.Build();
        _app.UseRouting();
        _app.UseAuthentication();
        _app.UseAuthorization();
        _app.UseMediaTypes();
        _app.MapEndpoints();
        _app.UseEndpoints(_ => { });
        _edge = ((IApplicationBuilder)_app).Build();
    }

    public static TheoryData<string, string> Webhooks => new(
        from path in Expected from header in new[] { "missing", "malformed" } select (path, header));

    [Fact]
    public void Every_webhook_is_tried() =>
        ((IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<WebhookLimitAttribute>() is not null)
            .Select(endpoint => endpoint.RoutePattern.RawText).Order(StringComparer.Ordinal).ShouldBe(Expected);

    [Theory]
    [MemberData(nameof(Webhooks))]
    public void Whatever_is_sent_it_costs_no_more_than_to_say_no(string path, string header)
    {
        Post(path, header);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var (status, wasRead) = Post(path, header);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        status.ShouldBeOneOf((int)HttpStatusCode.Unauthorized, (int)HttpStatusCode.Forbidden);
        allocated.ShouldBeLessThan(MaxBytes);
        // what Graph shows stands in the body
        if (path != "/api/webhooks/graph")
            wasRead.ShouldBeFalse();
    }

    // its services are not disposed: FastEndpoints resolves from those of the first application of a process, for other tests too
    public async ValueTask DisposeAsync() => await _app.StopAsync();

    // its length is not announced: nobody knows before it is read that it is too long
    private (int Status, bool WasRead) Post(string path, string header)
    {
        using var scope = _app.Services.CreateScope();
        var body = new SentBody(_bodies[path.Contains("/sms/", StringComparison.Ordinal)]);
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        context.Request.Method = "POST";
        context.Request.Path = path;
        context.Request.ContentType = path.Contains("/sms/", StringComparison.Ordinal) ? "application/x-www-form-urlencoded" : "application/json";
        context.Features.Set<IRequestBodyPipeFeature>(body);
        context.Response.Body = Stream.Null;
        if (header == "malformed")
        {
            context.Request.Headers["X-Twilio-Signature"] = "not base64";
            context.Request.Headers["X-Hub-Signature-256"] = "sha256=00";
            context.Request.Headers.Authorization = "Bearer no.token.atall";
        }

        var answering = _edge(context);
        answering.IsCompletedSuccessfully.ShouldBeTrue("what is refused at once waits for nothing");
        return (context.Response.StatusCode, body.WasRead);
    }

    // what costs most to take apart: many fields, many items
    private static readonly Dictionary<bool, byte[]> _bodies = new()
    {
        [true] = Encoding.ASCII.GetBytes(string.Join('&', Enumerable.Repeat("a=b", BodyBytes / 4))),
        [false] = Encoding.ASCII.GetBytes($"{{\"value\":[{string.Join(',', Enumerable.Repeat("{\"clientState\":\"x\"}", BodyBytes / 20))}]}}"),
    };

    /// <summary>A body that is there already, and says whether somebody wanted it.</summary>
    private sealed class SentBody(byte[] bytes) : IRequestBodyPipeFeature
    {
        private readonly PipeReader _reader = PipeReader.Create(new ReadOnlySequence<byte>(bytes));

        public bool WasRead { get; private set; }

        public PipeReader Reader
        {
            get
            {
                WasRead = true;
                return _reader;
            }
        }
    }
}
