using Switchboard.Core.Diagnostics;
using Switchboard.Core.Notifications;
using Switchboard.Core.Redis;
using Switchboard.Core.Security;
using Switchboard.Edge.Api.Operations.Health;
using Switchboard.Edge.Api.Operations.Performance;
using Switchboard.Edge.Api.Sms;
using Switchboard.Edge.Api.Webhooks;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.Services.AddLogRedaction();
builder.AddNpgsqlDataSource("switchboard", configureDataSourceBuilder: builder.AddDatabasePool(DatabaseLimits.Apply));
builder.AddReadDatabase();
builder.AddRedisClient("redis", configureOptions: RedisOptions.OnThreadPool);
builder.AddRedisReplica();
builder.AddRabbitMQClient("rabbitmq");
builder.WebHost.ConfigureKestrelLimits();
builder.Services
    .AddEdgeCache().AddSecretProtector().AddNotifications()
    .AddTrustedProxies().AddAnswerCompression().AddProblems().AddApiKeys().AddRequestLimits().AddSingleton<CreatingTransactions>()
    .AddWebhooks().AddFeatures()
    .AddEnrichments(builder.Configuration).AddPerformance().AddTrackingHealth()
    .AddEndpoints().AddApiDescription();

var app = builder.Build();
app.UseHead();
app.UseRouting();
app.UseTrustedProxies();
app.UseAnswerHeaders();
app.UseSlowRequests();
app.UseAnswerCompression();
app.UseTransportSecurity();
app.UseAddressLimits();
app.UseProblems();
app.UseCors();
app.UseAuthentication();
app.UseRequestLimits();
app.UseReadYourWrites();
app.UseAuthorization();
app.UseMediaTypes();
app.MapEndpoints();
app.MapApiDescription();
app.MapDefaultEndpoints();
await app.RunAsync();
