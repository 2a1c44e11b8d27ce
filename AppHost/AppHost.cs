// The application: what runs, what each part is told about the others, and who waits for whom.
//
//   providers, people  -->  edge-api  -->  rabbitmq  -->  workers-ingest  -->  rabbitmq  -->  workers-dispatch  -->  providers
//                              |                                 |                                  |
//                              +------------  postgres, redis  --+----------------------------------+--- facts --> analytics-worker

#pragma warning disable ASPIRECERTIFICATES001 // saying that a process has no certificate is still called experimental

using Microsoft.Extensions.Configuration;
using Switchboard.AppHost;
using Switchboard.AppHost.LocalServers;

var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
{
    Args = ServerSettings.Expand(args),
    // everything is plain http on loopback: a developer needs no certificate, and is not asked for one
    TrustDeveloperCertificate = false,
});

// the dashboard asks nobody to log in: it listens on loopback only. Telemetry still needs the key that the control plane hands out.
builder.Configuration["AppHost:BrowserToken"] = "";

var servers = ServerSettings.Read(builder);
if (!servers.InContainers && LocalPrograms.WhatIsMissing() is { } missing)
{
    Console.Error.WriteLine(missing);
    return 1;
}

var (database, redis, rabbitmq) = servers.InContainers ? AddContainers() : AddLocalServers();

// locks the providers' secrets in the database: generated once, kept as the servers' passwords are
var encryptionKey = builder.AddParameter(
    "encryption-key", new GenerateParameterDefault { MinLength = 43, Special = false }, secret: true, persist: true);

var migrations = builder.AddProject<Projects.Migrations>("migrations")
    .WithoutHttpsCertificate()
    .WithReference(database)
    .WaitFor(database)
    .WithEnvironment("Encryption__Key", encryptionKey);

var edge = SetUp(builder.AddProject<Projects.Edge_Api>("edge-api"))
    .WithExternalHttpEndpoints();

var ingest = SetUp(builder.AddProject<Projects.Workers_Ingest>("workers-ingest").WithHttpEndpoint());

var dispatch = SetUp(builder.AddProject<Projects.Workers_Dispatch>("workers-dispatch").WithHttpEndpoint());

var analytics = SetUp(builder.AddProject<Projects.Analytics_Worker>("analytics-worker").WithHttpEndpoint());

if (builder.ExecutionContext.IsPublishMode)
{
    SeparateWhatOperatorsSee();
    AddProviderSecrets();
    builder.Build().Run();
    return 0;
}

// what the simulator has answered for outlives a crash of the simulator, as it would at a real provider
var journal = Directory.CreateTempSubdirectory("switchboard-simulator-");
// one folder for the edge, which shows files, and for ingest, which keeps them
var mediaFolder = Path.GetFullPath(builder.Configuration["Media:Folder"] ?? Path.Combine(builder.AppHostDirectory, "../.switchboard/media"));
var simulator = AddSimulator();
builder.StopInOrder();
builder.SayWhenReady(("API", edge), ("simulator", simulator));
builder.Build().Run();
journal.Delete(recursive: true);
return 0;

(IResourceBuilder<IResourceWithConnectionString> Database,
 IResourceBuilder<IResourceWithConnectionString> Redis,
 IResourceBuilder<IResourceWithConnectionString> RabbitMq) AddContainers()
{
    var postgres = builder.AddPostgres("postgres");
    var store = postgres.AddDatabase("switchboard");
    var cache = builder.AddRedis("redis");
    var broker = builder.AddRabbitMQ("rabbitmq").WithManagementPlugin();
    if (builder.ExecutionContext.IsRunMode)
        cache.WithoutHttpsCertificate();
    if (servers is { KeepData: true, Fresh: false })
    {
        postgres.WithDataVolume();
        cache.WithDataVolume();
        broker.WithDataVolume();
    }

    return (store, cache, broker);
}

// Where there is no container engine: the same servers by the same names, as private programs.
(IResourceBuilder<IResourceWithConnectionString> Database,
 IResourceBuilder<IResourceWithConnectionString> Redis,
 IResourceBuilder<IResourceWithConnectionString> RabbitMq) AddLocalServers()
{
    var data = LocalServerData.Open(builder, servers);
    return (
        builder.AddLocalPostgres("postgres", data).AddDatabase("switchboard"),
        builder.AddLocalRedis("redis", data),
        builder.AddLocalRabbitMq("rabbitmq", data));
}

// What every process of the product has: the three servers, the schema in place, a health check, as many replicas as wanted.
IResourceBuilder<ProjectResource> SetUp(IResourceBuilder<ProjectResource> process) => process
    .WithHttpHealthCheck("/health")
    .WithoutHttpsCertificate()
    .WithReference(database).WaitFor(database)
    .WithReference(redis).WaitFor(redis)
    .WithReference(rabbitmq).WaitFor(rabbitmq)
    .WaitForCompletion(migrations)
    .WithEnvironment("Encryption__Key", encryptionKey)
    .WithReplicas(builder.Configuration.GetValue($"Replicas:{process.Resource.Name}", 1));

// On a developer's machine one program stands in for every provider; it pushes webhooks to the edge.
IResourceBuilder<ProjectResource> AddSimulator()
{
    var simulator = builder.AddProject<Projects.Simulator>("simulator")
        .WithHttpHealthCheck("/health")
        .WithoutHttpsCertificate()
        .WithReference(edge)
        .WithEnvironment("Simulator__DataFolder", journal.FullName);
    if (builder.Configuration["DemoMail:PerMinute"] is { } perMinute)
        simulator.WithEnvironment("DemoMail__PerMinute", perMinute);
    if (builder.Configuration["DemoTexts:PerMinute"] is { } textsPerMinute)
        simulator.WithEnvironment("DemoTexts__PerMinute", textsPerMinute);

    var address = simulator.GetEndpoint("http");
    simulator.WithEnvironment("Simulator__Url", address);
    foreach (var process in new[] { edge, ingest, dispatch })
    {
        process
            .WithEnvironment("Gmail__ApiBaseUrl", $"{address}/gmail")
            .WithEnvironment("Gmail__TokenUrl", $"{address}/gmail/oauth/token")
            .WithEnvironment("Gmail__PushKeysUrl", $"{address}/gmail/oauth/jwks")
            .WithEnvironment("Graph__ApiBaseUrl", $"{address}/graph")
            .WithEnvironment("Graph__Authority", $"{address}/microsoft/common")
            .WithEnvironment("Graph__PublicBaseUrl", edge.GetEndpoint("http"))
            .WithEnvironment("WhatsApp__BaseUrl", $"{address}/whatsapp")
            .WithEnvironment("Twilio__ApiBaseUrl", $"{address}/twilio")
            .WithEnvironment("Twilio__PublicBaseUrl", edge.GetEndpoint("http"))
            .WithEnvironment("Speech__BaseUrl", $"{address}/speech")
            .WithEnvironment("Media__Folder", mediaFolder);
    }

    return simulator;
}

// Deployed, metrics and the details of health have a port of their own, which is not exposed; and the ingress is believed about who sends.
void SeparateWhatOperatorsSee()
{
    foreach (var process in new[] { edge, ingest, dispatch, analytics })
        process.WithHttpEndpoint(targetPort: 8081, name: "management").WithEnvironment("Management__Port", "8081");

    // of Azure Container Apps, from which nobody else can send
    edge.WithEnvironment("Proxies__Trusted__0", builder.AddParameter("trusted-proxies", "100.100.0.0/16", publishValueAsDefault: true));
}

// Deployed, the product speaks to the real providers: their addresses are its defaults, these are its credentials.
void AddProviderSecrets()
{
    edge.WithEnvironment("Gmail__PushAudience", builder.AddParameter("gmail-push-audience"))
        .WithEnvironment("Gmail__PushServiceAccount", builder.AddParameter("gmail-push-service-account"))
        .WithEnvironment("WhatsApp__AppSecret", builder.AddParameter("whatsapp-app-secret", secret: true))
        .WithEnvironment("WhatsApp__VerifyToken", builder.AddParameter("whatsapp-verify-token", secret: true));

    var twilioAccount = builder.AddParameter("twilio-account-sid");
    var twilioToken = builder.AddParameter("twilio-auth-token", secret: true);
    var publicUrl = builder.AddParameter("public-base-url");
    foreach (var process in new[] { edge, ingest, dispatch })
    {
        process.WithEnvironment("Twilio__AccountSid", twilioAccount)
            .WithEnvironment("Twilio__AuthToken", twilioToken)
            .WithEnvironment("Twilio__PublicBaseUrl", publicUrl);
    }

    var graphClient = builder.AddParameter("graph-client-id");
    var graphSecret = builder.AddParameter("graph-client-secret", secret: true);
    var graphState = builder.AddParameter("graph-client-state", secret: true);
    foreach (var process in new[] { edge, ingest })
    {
        process.WithEnvironment("Graph__ClientId", graphClient)
            .WithEnvironment("Graph__ClientSecret", graphSecret)
            .WithEnvironment("Graph__ClientState", graphState)
            .WithEnvironment("Graph__PublicBaseUrl", publicUrl);
    }

    // containers share no folder: files of texts are kept in a blob container
    var mediaStorage = builder.AddParameter("media-storage-connection-string", secret: true);
    foreach (var process in new[] { edge, ingest })
        process.WithEnvironment("Media__Store", "azure").WithEnvironment("Media__Azure__ConnectionString", mediaStorage);

    ingest.WithEnvironment("Gmail__ClientId", builder.AddParameter("gmail-client-id"))
        .WithEnvironment("Gmail__TopicName", builder.AddParameter("gmail-topic-name"))
        .WithEnvironment("Gmail__ClientSecret", builder.AddParameter("gmail-client-secret", secret: true))
        .WithEnvironment("Speech__ApiKey", builder.AddParameter("speech-api-key", secret: true));

    dispatch.WithEnvironment("WhatsApp__PhoneNumberId", builder.AddParameter("whatsapp-phone-number-id"))
        .WithEnvironment("WhatsApp__AccessToken", builder.AddParameter("whatsapp-access-token", secret: true))
        .WithEnvironment("Twilio__From", builder.AddParameter("twilio-from"));
}
